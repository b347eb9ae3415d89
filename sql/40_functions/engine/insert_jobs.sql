-- The one statement that makes jobs. A duplicate is an error here: what calls this holds the locks
-- that make one impossible, and a job that is quietly not made would lose a contact.
create or replace function engine.insert_jobs(p_placed engine.placed_job[], p_run_at timestamptz[])
returns void
language sql
volatile
set search_path = ''
as $$
  insert into engine.jobs (
    team_id, id, channel, campaign_id, enrollment_id, workflow_id, node_id, visit, contact_id, phone,
    integration_id, priority, run_at, due_at, created_at
  )
  select
    (p.job).team_id, i.id, p.channel, (p.job).campaign_id, (p.job).enrollment_id, (p.job).workflow_id,
    (p.job).node_id, (p.job).visit, (p.job).contact_id, (p.job).phone, p.integration_id,
    (p.job).priority, r.run_at, r.run_at, c.now
  from unnest(p_placed) with ordinality as p (
    job, channel, integration_id, open_hours, earliest, batch_size, batch_interval, n
  )
  inner join unnest(p_run_at) with ordinality as t (at, n) on p.n = t.n
  cross join lateral (select date_trunc('second', t.at) as run_at) as r
  inner join engine.new_ids(cardinality(p_placed)) as i on p.n = i.ordinal
  cross join (select engine.now() as now) as c
$$;
comment on function engine.insert_jobs(engine.placed_job[], timestamptz[]) is
'Inserts placed jobs with their due times, position by position.';
revoke all on function engine.insert_jobs(engine.placed_job[], timestamptz[]) from public;
