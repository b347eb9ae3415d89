-- Where due jobs of one node would go if they queued up behind everybody who waits there: a free place in
-- the node's batches for each, booked. The caller holds the node's pacing lock.
create or replace function engine.find_places(p_job_ids uuid[])
returns table (job_id uuid, run_at timestamptz)
language plpgsql
set search_path = ''
as $$
declare
  v_demand record;
begin
  -- A loop over calendars, as in create_jobs.
  for v_demand in
    select
      j.team_id, j.campaign_id, j.node_id, p.batch_size, p.batch_interval, p.open_hours, p.earliest,
      array_agg(j.id order by j.run_at, j.id) as job_ids
    from engine.place_jobs(array(
      select (
        k.team_id, k.campaign_id, k.enrollment_id, k.contact_id, k.phone, k.workflow_id, k.node_id, k.visit, k.priority,
        engine.now()
      )::engine.new_job
      from unnest(p_job_ids) as a (id)
      inner join engine.jobs as k on a.id = k.id
    )) as p
    inner join engine.jobs as j
      on (p.job).team_id = j.team_id and (p.job).enrollment_id = j.enrollment_id and j.status = 'READY'
    group by 1, 2, 3, 4, 5, 6, 7
    order by p.earliest, upper(p.open_hours)
  loop
    return query
    select
      d.id, date_trunc('second', coalesce(s.run_at, upper(v_demand.open_hours), v_demand.earliest))
    from unnest(v_demand.job_ids) with ordinality as d (id, rank)
    left join engine.deal_slots(
      v_demand.team_id, v_demand.campaign_id, v_demand.node_id, v_demand.batch_size, v_demand.batch_interval,
      v_demand.open_hours, v_demand.earliest, cardinality(v_demand.job_ids)
    ) as s on d.rank between s.rank_from and s.rank_to;
  end loop;
end
$$;
comment on function engine.find_places(uuid[]) is 'Books a free place in the batches of a node for each of the READY jobs.';
revoke all on function engine.find_places(uuid[]) from public;
