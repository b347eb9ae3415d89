-- The provider will not take the request. When it is about the person or the number, the job has
-- failed and its edges are followed. When it is about the whole account, or about how it is set up,
-- going on would burn through the list: the integration pauses with the reason, and the job stays to be sent.
create or replace function engine.refuse_attempts(p_results engine.dispatch_result[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  if cardinality(p_results) = 0 then
    return;
  end if;
  update engine.attempts as a
  set status = 'REFUSED', code = r.code, message = r.message, resolved_at = engine.now()
  from unnest(p_results) as r
  where a.team_id = r.team_id and a.id = r.attempt_id;

  perform engine.finish_jobs(array(
    select (
      j.team_id, j.id, engine.refusal_outcome(r.scope, r.code), coalesce(r.code, 'refused'), null
    )::engine.finished_job
    from unnest(p_results) as r
    inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
    where r.scope not in ('account', 'configuration')
  ));

  update engine.jobs as j
  set
    status = 'READY', attempt_count = a.attempt_number, lease_owner = null, lease_expires_at = null, check_at = null
  from unnest(p_results) as r
  inner join engine.attempts as a on r.team_id = a.team_id and r.attempt_id = a.id
  where r.scope in ('account', 'configuration') and j.team_id = r.team_id and j.id = r.job_id
    and j.status in ('CLAIMED', 'AMBIGUOUS');
  perform engine.drop_cancelled_jobs(array(
    select r.job_id from unnest(p_results) as r where r.scope in ('account', 'configuration')
  ));

  update public.integrations as i
  set
    status = 'PAUSED', paused_at = engine.now(),
    paused_reason = left(concat_ws(': ', r.code, r.message), 500)
  from unnest(p_results) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  where r.scope in ('account', 'configuration') and i.team_id = j.team_id and i.id = j.integration_id and i.status = 'ACTIVE';
end
$$;
comment on function engine.refuse_attempts(engine.dispatch_result[]) is
'Attempts that the provider refused for good: the job fails, or the whole integration pauses.';
revoke all on function engine.refuse_attempts(engine.dispatch_result[]) from public;
