-- Due jobs of active campaigns, what is out, and how long the next in line has waited.
begin;
select plan(6);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;

create function pg_temp.lag()
returns text[]
language sql
as $$
  select array_agg(format('%s %s %s %s %s', q.queue, q.due_jobs, q.jobs_in_progress, q.jobs_in_doubt, q.lag_seconds) order by q.queue)
  from engine.queue_lag() as q
$$;

select is(pg_temp.lag(), array['call 0 0 0 0', 'text 0 0 0 0'], 'nothing has begun');
select public.launch_campaign(id) as launched into temp launched from campaign;
select tests.set_clock('2027-03-01 12:02-05');
select is(pg_temp.lag(), array['call 3 0 0 120', 'text 0 0 0 0'], 'three have waited for two minutes');
create temp table begun as select * from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 2)));
do $$ begin perform engine.doubt_attempts(array(
  select (a.team_id, a.job_id, a.id, 'unknown', 'job', 'timeout', null, null, null)::engine.dispatch_result
  from engine.attempts as a order by a.id limit 1
)); end $$;
select is(pg_temp.lag(), array['call 1 1 1 120', 'text 0 0 0 0'], 'one is out, one in doubt, one still waits');
update engine.jobs set run_at = engine.now() + interval '1 minute', due_at = engine.now() + interval '1 minute'
where status = 'READY';
select is(pg_temp.lag(), array['call 0 1 1 0', 'text 0 0 0 0'], 'what is not due is not behind');
update engine.jobs set run_at = engine.now() where status = 'READY';
update public.campaigns set status = 'PAUSED';
select is(pg_temp.lag(), array['call 0 1 1 0', 'text 0 0 0 0'], 'nor is a paused campaign');
select tests.act_as_role('outbound_worker');
select is(cardinality(pg_temp.lag()), 2, 'workers may ask');
select * from finish();
rollback;
