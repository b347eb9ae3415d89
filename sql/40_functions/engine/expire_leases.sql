-- Jobs whose worker went silent. Without an attempt nothing was sent and another worker may have the
-- job; with one the request may have left, so the provider is asked before anything else happens.
create or replace function engine.expire_leases()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_expired uuid[] := array(
    select j.id
    from engine.jobs as j
    where j.status = 'CLAIMED' and j.lease_expires_at <= engine.now()
    order by j.id
    limit 10000
    for update of j skip locked
  );
begin
  if cardinality(v_expired) = 0 then
    return 0;
  end if;
  update engine.attempts as a
  set status = 'AMBIGUOUS', code = 'lease_expired', message = 'the worker went silent while sending'
  from engine.jobs as j
  where j.id = any(v_expired) and a.team_id = j.team_id and a.job_id = j.id and a.status = 'OPEN';

  update engine.jobs as j
  set
    lease_owner = null, lease_expires_at = null,
    status = case when d.is_in_doubt then 'AMBIGUOUS' else 'READY' end::public.job_status,
    check_at = case when d.is_in_doubt then engine.now() end
  from (
    select k.team_id, k.id, exists (
      select from engine.attempts as a
      where a.team_id = k.team_id and a.job_id = k.id and a.status = 'AMBIGUOUS'
    ) as is_in_doubt
    from engine.jobs as k
    where k.id = any(v_expired)
  ) as d
  where j.team_id = d.team_id and j.id = d.id;
  return cardinality(v_expired);
end
$$;
comment on function engine.expire_leases() is 'Takes jobs back from silent workers: READY, or AMBIGUOUS when an attempt was open.';
revoke all on function engine.expire_leases() from public;
