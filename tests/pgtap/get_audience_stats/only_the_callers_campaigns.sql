begin;
select plan(5);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
grant select on campaign to authenticated;
select public.launch_campaign(id) as launched into temp launched from campaign;

select tests.act_as('admin@acme.example');
select results_eq(
  $$ select m.size, m.reached, m.reachable, m.suppressed, m.booked
     from campaign, public.get_audience_stats(array[campaign.id]) as m $$,
  $$ values (3::bigint, 0::bigint, 3::bigint, '{}'::jsonb, 0::bigint) $$, 'three who can be reached'
);
select is(
  (select m.by_source from campaign, public.get_audience_stats(array[campaign.id]) as m),
  '{"csv": {"size": 3, "reached": 0, "booked": 0}}'::jsonb, 'by the source of the list'
);
select is(
  (select sum((z.value ->> 'size')::integer) from campaign, public.get_audience_stats(array[campaign.id]) as m, jsonb_each(m.by_zone) as z),
  3::bigint, 'everybody is in one zone'
);
select throws_ok(
  $$ select public.get_audience_stats(array_agg(gen_random_uuid())) from generate_series(1, 1001) $$,
  'OB009', null, 'more than a thousand at once are too many'
);
select tests.act_as('admin@other.example');
select is((select count(*) from campaign, public.get_audience_stats(array[campaign.id])), 0::bigint, 'another team sees nothing');

select * from finish();
rollback;
