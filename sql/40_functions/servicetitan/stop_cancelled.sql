-- Whoever was enrolled for a job or an appointment that was cancelled since it matched is not called about it: what
-- has not begun is called off, and the journey is over. What a provider may have finishes and is counted. As
-- engine.call_off does, numbers are locked first, so that nobody who begins waits here, then open jobs in order of id,
-- and what that left is looked at afterwards.
create or replace function engine.stop_cancelled(p_team_id uuid)
returns integer
language plpgsql
security definer -- workers may write no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_ids constant uuid[] := array(
    select distinct e.id
    from engine.servicetitan_work as w
    inner join engine.enrollment_work as b on w.team_id = b.team_id and w.kind = b.kind and w.id = b.servicetitan_id
    inner join engine.enrollments as e on b.team_id = e.team_id and b.enrollment_id = e.id and e.status = 'ACTIVE'
    where w.team_id = p_team_id and w.cancelled_at is not null
    order by e.id
  );
begin
  if v_ids = '{}' then
    return 0;
  end if;
  perform pg_advisory_xact_lock(k.key)
  from (
    select distinct engine.phone_lock(p_team_id, e.phone) as key
    from unnest(v_ids) as i (id)
    inner join engine.enrollments as e on e.team_id = p_team_id and i.id = e.id
    order by 1
  ) as k;
  perform
  from unnest(v_ids) as i (id)
  inner join engine.jobs as j on j.team_id = p_team_id and i.id = j.enrollment_id
  where j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
  order by j.id
  for update of j;

  perform engine.close_jobs(array(
    select (j.team_id, j.id, 'job_cancelled', 'CANCELLED')::engine.closed_job
    from unnest(v_ids) as i (id)
    inner join engine.jobs as j on j.team_id = p_team_id and i.id = j.enrollment_id
    where j.status in ('READY', 'CLAIMED')
    order by j.id
    for update of j
  ));
  -- Whoever is between two jobs, or has one that a provider may have, as well.
  perform engine.end_enrollments(
    array_fill(p_team_id, array[cardinality(v_ids)]), v_ids,
    array_fill('CANCELLED'::public.enrollment_status, array[cardinality(v_ids)]),
    array_fill('job_cancelled'::text, array[cardinality(v_ids)])
  );
  return cardinality(v_ids);
end
$$;
comment on function engine.stop_cancelled(uuid) is
'Ends the active enrollments of a team whose job or appointment in ServiceTitan was cancelled since it matched; returns how many.';
revoke all on function engine.stop_cancelled(uuid) from public;
grant execute on function engine.stop_cancelled(uuid) to outbound_worker;
