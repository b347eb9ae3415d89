begin;
select plan(6);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
create temp table others (id uuid);
with made as (
  insert into public.campaigns (team_id, name, list_id, workflow_id, phone_number_id)
  select c.team_id, 'Copy ' || g, c.list_id, c.workflow_id, c.phone_number_id
  from public.campaigns as c, generate_series(1, 99) as g
  where c.id = (select k.id from campaign as k)
  returning id
)

insert into others select m.id from made as m;
grant select on campaign, others to authenticated;
select public.launch_campaign(id) as launched into temp launched from campaign;

select tests.act_as('admin@acme.example');
select results_eq(
  $$ select m.enrolled, m.active, m.waiting, m.queued, m.in_progress
     from campaign, public.get_instant_metrics(array[campaign.id]) as m $$,
  $$ values (3::bigint, 3::bigint, 0::bigint, 3::bigint, 0::bigint) $$, 'three are queued'
);
select is(
  (select count(*) from campaign, public.get_instant_metrics(array[campaign.id, gen_random_uuid(), null])), 1::bigint,
  'unknown campaigns are left out'
);
select results_eq(
  $$ select count(*), sum(m.enrolled), count(*) filter (where m.campaign_id = any(array(select id from campaign)) and m.enrolled = 3)
     from public.get_instant_metrics(array(select id from campaign union all select id from others)) as m $$,
  $$ values (100::bigint, 3::numeric, 1::bigint) $$, 'a hundred at once, each with numbers of its own'
);
select is((select count(*) from public.get_instant_metrics(null)), 0::bigint, 'nothing asked, nothing answered');
select throws_ok(
  $$ select public.get_instant_metrics(array_agg(gen_random_uuid())) from generate_series(1, 1001) $$,
  'OB009', null, 'more than a thousand at once are too many'
);
select tests.act_as('admin@other.example');
select is(
  (select count(*) from campaign, public.get_instant_metrics(array[campaign.id])), 0::bigint,
  'another team sees nothing'
);

select * from finish();
rollback;
