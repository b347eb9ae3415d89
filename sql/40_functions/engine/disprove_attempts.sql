-- Attempts that the provider has no trace of. Within the grace period that proves nothing. After it,
-- an ambiguous request was not sent, and the job may go out again; a dispatched one that the provider
-- has forgotten has failed, and is not sent again, because it was once taken.
create or replace function engine.disprove_attempts(p_answers engine.lookup_answer[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_not_sent engine.dispatch_result[];
begin
  v_not_sent := array(
    select (a.team_id, a.job_id, a.id, 'try_later', 'job', a.code, 'the provider has no trace of it', null, null)::engine.dispatch_result
    from unnest(p_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id
    where not l.found and a.status = 'AMBIGUOUS' and engine.proves_absence(a, engine.now())
  );
  perform engine.postpone_attempts(v_not_sent);
  update engine.attempts as a
  set status = 'NOT_SENT'
  from unnest(v_not_sent) as r
  where a.team_id = r.team_id and a.id = r.attempt_id;

  perform engine.finish_jobs(array(
    select (a.team_id, a.job_id, 'failed', 'provider_lost_it', null)::engine.finished_job
    from unnest(p_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id
    where not l.found and a.status = 'ACCEPTED' and engine.proves_absence(a, engine.now())
  ));
end
$$;
comment on function engine.disprove_attempts(engine.lookup_answer[]) is
'Attempts that the provider has no trace of, after a grace period.';
revoke all on function engine.disprove_attempts(engine.lookup_answer[]) from public;
