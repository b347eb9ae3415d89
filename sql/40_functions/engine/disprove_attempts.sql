-- Attempts that the provider has no trace of. Within the grace period that proves nothing. After it,
-- an ambiguous request was not sent, and the job may go out again; a dispatched one that the provider
-- has forgotten has failed, and is not sent again, because it was once taken. Nor is one sent again that was asked
-- of another account than the one that has no trace of it: it has failed, and an operator may retry it.
create or replace function engine.disprove_attempts(p_answers engine.lookup_answer[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_untraced engine.attempts[] := array(
    select a
    from unnest(p_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id
    where not l.found and a.status = 'AMBIGUOUS' and engine.proves_absence(a, engine.now())
  );
  v_elsewhere uuid[] := array(
    select a.id
    from unnest(v_untraced) as a
    inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id
    inner join engine.account_changes as k
      on j.team_id = k.team_id and j.integration_id = k.integration_id
      -- Whoever began beside the change may have seen the account of before.
      and k.changed_at + interval '1 minute' >= a.begun_at
  );
  v_not_sent engine.dispatch_result[];
begin
  v_not_sent := array(
    select (a.team_id, a.job_id, a.id, 'try_later', 'job', a.code, 'the provider has no trace of it', null, null)::engine.dispatch_result
    from unnest(v_untraced) as a
    where a.id <> all(v_elsewhere)
  );
  perform engine.postpone_attempts(v_not_sent);
  update engine.attempts as a
  set status = 'NOT_SENT'
  from unnest(v_not_sent) as r
  where a.team_id = r.team_id and a.id = r.attempt_id;

  perform engine.finish_jobs(array(
    select (a.team_id, a.job_id, 'failed', 'account_changed', null)::engine.finished_job
    from unnest(v_untraced) as a
    where a.id = any(v_elsewhere)
  ));
  perform engine.end_unheard(array(
    select (
      a.provider, null, a.team_id, a.id, a.job_id, ('final', 'failed', 'job', 'provider_lost_it', null)::engine.reading
    )::engine.event_reading
    from unnest(p_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id
    where not l.found and a.status = 'ACCEPTED' and engine.proves_absence(a, engine.now())
  ));
end
$$;
comment on function engine.disprove_attempts(engine.lookup_answer[]) is
'Attempts that the provider has no trace of, after a grace period.';
revoke all on function engine.disprove_attempts(engine.lookup_answer[]) from public;
