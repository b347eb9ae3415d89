-- Makes jobs, each with a due time that respects the node's business hours, the legal hours of every
-- zone that the contact may be in, and the node's batching. The one statement that makes jobs: a duplicate
-- is an error, because what calls this holds the locks that make one impossible, and a job that is quietly not
-- made would lose a contact.
create or replace function engine.create_jobs(p_jobs engine.new_job[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := engine.now();
  v_created integer;
  v_ids uuid[];
begin
  if cardinality(p_jobs) = 0 then
    return 0;
  end if;
  v_ids := array(select i.id from engine.new_ids(cardinality(p_jobs)) as i order by i.ordinal);
  insert into engine.jobs (
    team_id, id, channel, campaign_id, enrollment_id, workflow_id, node_id, visit, contact_id, phone,
    integration_id, priority, run_at, due_at, created_at
  )
  select
    j.team_id, v_ids[j.n], t.channel, j.campaign_id, j.enrollment_id, j.workflow_id, j.node_id, j.visit, j.contact_id, j.phone,
    t.integration_id, j.priority, t.run_at, t.run_at, v_now
  from unnest(p_jobs) with ordinality as j (
    team_id, campaign_id, enrollment_id, contact_id, phone, workflow_id, node_id, visit, priority, not_before, n
  )
  inner join engine.time_jobs(p_jobs) as t on j.n = t.ordinal
  order by j.n;
  get diagnostics v_created = row_count;
  if v_created <> cardinality(p_jobs) then
    raise exception 'only % of % jobs could be placed', v_created, cardinality(p_jobs);
  end if;
  return v_created;
end
$$;
comment on function engine.create_jobs(engine.new_job[]) is 'Makes jobs with their due times; returns how many.';
revoke all on function engine.create_jobs(engine.new_job[]) from public;
