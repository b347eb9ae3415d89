-- A slow provider must not lose a worker its jobs.
create or replace function engine.extend_leases(p_worker text, p_job_ids uuid[], p_lease interval)
returns table (job_id uuid, lease_expires_at timestamptz)
language sql
volatile
security definer -- workers may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
  update engine.jobs as j
  set lease_expires_at = engine.now() + p_lease
  from (
    select k.team_id, k.id
    from engine.jobs as k
    where k.id = any(p_job_ids) and k.status = 'CLAIMED' and k.lease_owner = p_worker
      and k.lease_expires_at > engine.now()
    order by k.id
    for update of k
  ) as held
  where j.team_id = held.team_id and j.id = held.id
  returning j.id, j.lease_expires_at
$$;
comment on function engine.extend_leases(text, uuid[], interval) is
'Renews the leases that the worker still holds, and returns those.';
revoke all on function engine.extend_leases(text, uuid[], interval) from public;
grant execute on function engine.extend_leases(text, uuid[], interval) to outbound_worker;
