-- The provider did not take the request and may later. Trying again takes from the enrollment's
-- budget, except where the provider only said that it was too much: then the account's pace is lowered
-- (engine.lower_pace) and nobody is given up. The wait doubles with each attempt, and spreads so that jobs that failed
-- together do not come back together.
create or replace function engine.postpone_attempts(p_results engine.dispatch_result[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_spent engine.finished_job[];
begin
  if cardinality(p_results) = 0 then
    return;
  end if;
  update engine.attempts as a
  set status = 'TRY_LATER', code = r.code, message = r.message, resolved_at = engine.now()
  from unnest(p_results) as r
  where a.team_id = r.team_id and a.id = r.attempt_id;

  v_spent := array(
    select (j.team_id, j.id, 'failed', 'retries_exhausted', null)::engine.finished_job
    from unnest(p_results) as r
    inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
    inner join engine.enrollments as e on j.team_id = e.team_id and j.enrollment_id = e.id
    where j.status in ('CLAIMED', 'AMBIGUOUS') and r.scope <> 'capacity' and e.retries_left = 0
  );
  update engine.enrollments as e
  set retries_left = e.retries_left - 1
  from unnest(p_results) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  where e.team_id = j.team_id and e.id = j.enrollment_id and r.scope <> 'capacity' and e.retries_left > 0
    and j.status in ('CLAIMED', 'AMBIGUOUS');

  update engine.jobs as j
  set
    status = 'READY', attempt_count = a.attempt_number, lease_owner = null, lease_expires_at = null, check_at = null,
    run_at = date_trunc('second', engine.now() + engine.back_off(a.attempt_number, r.retry_after_seconds))
  from unnest(p_results) as r
  inner join engine.attempts as a on r.attempt_id = a.id and r.team_id is not distinct from a.team_id -- see apply_known_events
  where j.team_id = r.team_id and j.id = r.job_id and j.status in ('CLAIMED', 'AMBIGUOUS')
    and j.id not in (select s.job_id from unnest(v_spent) as s);
  perform engine.drop_cancelled_jobs(array(select r.job_id from unnest(p_results) as r));
  perform engine.finish_jobs(v_spent);

  perform engine.lower_pace(
    array_agg(j.team_id), array_agg(j.integration_id), array_agg(concat_ws(': ', r.code, r.message)),
    array_agg(r.retry_after_seconds)
  )
  from unnest(p_results) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  where r.scope = 'capacity' and r.code is distinct from 'too_old_to_send' -- which no provider said
  having count(*) > 0;
end
$$;
comment on function engine.postpone_attempts(engine.dispatch_result[]) is
'Attempts that the provider asked to repeat later: READY again with back-off, or failed when the budget is spent.';
revoke all on function engine.postpone_attempts(engine.dispatch_result[]) from public;
