-- What is due is told whatever order its tables are joined in: a trigger, which has no channel, is nobody's work.
begin;
select plan(1);
select tests.set_clock('2027-03-01 12:00-05');
create temp table campaign as select tests.create_campaign(tests.create_team('Acme', 'admin@acme.example'), 3) as id;
select tests.quietly(format('select public.launch_campaign(%L)', id)) from campaign;
-- so many due times that the nodes are read before them, when the planner has the choice
insert into engine.due_counters (team_id, campaign_id, due_at, node_id, shard, amount)
select c.team_id, c.id, '2027-02-01'::timestamptz + n * interval '1 second', 'call', 0, 0
from public.campaigns as c cross join generate_series(1, 20000) as n;
analyze public.campaigns, public.workflow_nodes, engine.due_counters;
select is((select due from engine.due_jobs()), 3::bigint, 'three calls are due');

select * from finish();
rollback;
