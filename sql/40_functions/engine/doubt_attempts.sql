-- Requests that may or may not have reached the provider. Nothing more is sent for these jobs until
-- the provider has been asked.
create or replace function engine.doubt_attempts(p_results engine.dispatch_result[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  if cardinality(p_results) = 0 then
    return;
  end if;
  with doubted as (
    update engine.attempts as a
    set status = 'AMBIGUOUS', code = r.code, message = r.message
    from unnest(p_results) as r
    where a.team_id = r.team_id and a.id = r.attempt_id
    returning a.team_id, a.job_id, a.attempt_number
  )

  update engine.jobs as j
  set
    status = 'AMBIGUOUS', attempt_count = d.attempt_number, lease_owner = null, lease_expires_at = null,
    check_at = engine.now() + interval '30 seconds'
  from doubted as d
  where j.team_id = d.team_id and j.id = d.job_id and j.status = 'CLAIMED';
end
$$;
comment on function engine.doubt_attempts(engine.dispatch_result[]) is
'Attempts whose fate is unknown: the job is AMBIGUOUS until the provider was asked.';
revoke all on function engine.doubt_attempts(engine.dispatch_result[]) from public;
