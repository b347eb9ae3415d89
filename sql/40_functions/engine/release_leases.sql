-- A worker gives back what it claimed and did not begin: another one may have it at once, instead of when the
-- lease runs out. What an attempt was written for stays, because its request may have left.
create or replace function engine.release_leases(p_worker text, p_job_ids uuid[])
returns integer
language plpgsql
security definer -- workers may read no table
set search_path = ''
set jit = off
as $$
declare
  v_held uuid[] := array(
    select k.id
    from engine.jobs as k
    where k.id = any(p_job_ids) and k.status = 'CLAIMED' and k.lease_owner = p_worker
    order by k.id
    for update of k
  );
  v_released uuid[];
begin
  with released as (
    update engine.jobs as j
    set status = 'READY', lease_owner = null, lease_expires_at = null
    where j.id = any(v_held) and not engine.has_live_attempt(j.team_id, j.id)
    returning j.id
  )
  select array_agg(r.id) into v_released from released as r;
  perform pg_notify('outbound_jobs', d.channel)
  from (select distinct j.channel::text as channel from engine.jobs as j where j.id = any(v_released)) as d;
  return coalesce(cardinality(v_released), 0);
end
$$;
comment on function engine.release_leases(text, uuid[]) is
'Makes the worker''s claimed jobs READY again where no attempt is under way, and wakes other workers; returns how many.';
revoke all on function engine.release_leases(text, uuid[]) from public;
grant execute on function engine.release_leases(text, uuid[]) to outbound_worker;
