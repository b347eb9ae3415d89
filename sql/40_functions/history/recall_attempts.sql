-- Brings back the attempts of jobs that are back; see engine.recall_enrollments.
create or replace function engine.recall_attempts(p_ended engine.ended_enrollment[])
returns void
language sql
volatile
set search_path = ''
as $$
  with recalled as (
    delete from engine.attempt_history as h
    using unnest(p_ended) as n
    inner join engine.jobs as j on n.team_id = j.team_id and n.enrollment_id = j.enrollment_id
    where h.ended_at = n.ended_at and h.team_id = j.team_id and h.job_id = j.id
    returning h.*
  )

  insert into engine.attempts (
    team_id, id, job_id, attempt_number, provider, status, worker, request, begun_at, provider_id, code,
    message, resolved_at
  )
  select
    r.team_id, r.id, r.job_id, r.attempt_number, r.provider, r.status, r.worker, r.request, r.begun_at,
    r.provider_id, r.code, r.message, r.resolved_at
  from recalled as r
$$;
comment on function engine.recall_attempts(engine.ended_enrollment[]) is 'Brings the attempts of ended enrollments back from the history.';
revoke all on function engine.recall_attempts(engine.ended_enrollment[]) from public;
