-- Where due jobs of one node would go if they queued up behind everybody who waits there: a free place in
-- the node's batches for each, booked. The caller holds the node's pacing lock.
create or replace function engine.find_places(p_job_ids uuid[])
returns table (job_id uuid, run_at timestamptz)
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := engine.now();
  v_ids uuid[];
  v_jobs engine.new_job[];
begin
  select
    array_agg(k.id order by k.run_at, k.id),
    array_agg((
      k.team_id, k.campaign_id, k.enrollment_id, k.contact_id, k.phone, k.workflow_id, k.node_id, k.visit, k.priority, v_now
    )::engine.new_job order by k.run_at, k.id)
  into v_ids, v_jobs
  from unnest(p_job_ids) as a (id)
  inner join engine.jobs as k on a.id = k.id;
  return query
  select i.id, t.run_at
  from unnest(v_ids) with ordinality as i (id, place)
  inner join engine.time_jobs(v_jobs) as t on i.place = t.ordinal;
end
$$;
comment on function engine.find_places(uuid[]) is 'Books a free place in the batches of a node for each of the READY jobs.';
revoke all on function engine.find_places(uuid[]) from public;
