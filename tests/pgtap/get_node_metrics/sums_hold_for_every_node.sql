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
  $$ select m.node_id, m.scheduled from campaign, public.get_node_metrics(campaign.id) as m order by 1 $$,
  $$ values ('call', 3::bigint), ('text', 0::bigint), ('thanks', 0::bigint) $$, 'every node but the trigger'
);
select is_empty(
  $$ select m.node_id from campaign, public.get_node_metrics(campaign.id) as m
     where m.scheduled <> m.waiting + m.queued + m.in_progress + m.completed + m.failed + m.cancelled $$,
  'the states sum to the jobs'
);
select is(
  (select count(*) from campaign, public.get_node_metrics(p_campaign_id => campaign.id, p_campaign_ids => array[array[campaign.id]])),
  3::bigint, 'an array of arrays is a list'
);
select throws_ok('select public.get_node_metrics(gen_random_uuid())', 'OB004', null, 'an unknown campaign');
select tests.act_as('admin@other.example');
select throws_ok('select public.get_node_metrics(id) from campaign', 'OB004', null, 'another team''s is unknown');

select * from finish();
rollback;
