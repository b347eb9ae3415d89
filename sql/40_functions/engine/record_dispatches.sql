-- What providers answered to the attempts that this worker began. Saying it twice changes nothing; an
-- event may have said it before. Jobs are locked in order of id.
create or replace function engine.record_dispatches(p_worker text, p_results jsonb)
returns table (attempt_id uuid, job_id uuid, job_status public.job_status)
language plpgsql
security definer -- workers may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
set enable_seqscan = off -- nor does a plan read a whole table because it was empty when it was made
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
#variable_conflict use_column
declare
  v_results engine.dispatch_result[] := array(
    select r
    from jsonb_populate_recordset(null::engine.dispatch_result, p_results) as r
    where r.verdict in ('accepted', 'refused', 'try_later', 'unknown')
  );
  -- The ledger is asked for these alone: one that was empty when the plan was made is not read from end to end.
  v_ids constant uuid[] := array(select r.attempt_id from unnest(v_results) as r);
  v_open engine.dispatch_result[];
begin
  if cardinality(v_results) <> jsonb_array_length(p_results) then
    perform engine.refuse(
      'OB001', 'Each result needs a verdict: accepted, refused, try_later or unknown.', '[]'
    );
  end if;
  perform engine.lock_jobs(array(select a.job_id from engine.attempts as a where a.id = any(v_ids)));

  v_open := array(
    select (
      (t.a).team_id, (t.a).job_id, (t.a).id, r.verdict, coalesce(r.scope, 'job'), r.code, r.message, r.provider_id,
      r.retry_after_seconds
    )::engine.dispatch_result
    from (select a from engine.attempts as a where a.id = any(v_ids) offset 0) as t
    inner join unnest(v_results) as r on (t.a).id = r.attempt_id
    where (t.a).worker = p_worker and (
      (t.a).status in ('OPEN', 'AMBIGUOUS') or (r.verdict = 'accepted' and engine.may_be_accepted(t.a))
    )
  );
  perform engine.accept_attempts(array(select r from unnest(v_open) as r where r.verdict = 'accepted'));
  perform engine.doubt_attempts(array(select r from unnest(v_open) as r where r.verdict = 'unknown'));
  perform engine.postpone_attempts(array(select r from unnest(v_open) as r where r.verdict = 'try_later'));
  perform engine.refuse_attempts(array(select r from unnest(v_open) as r where r.verdict = 'refused'));

  return query
  select a.id, a.job_id, j.status
  from (select t.id, t.team_id, t.job_id from engine.attempts as t where t.id = any(v_ids) offset 0) as a
  inner join unnest(v_results) as r on a.id = r.attempt_id
  inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id;
end
$$;
comment on function engine.record_dispatches(text, jsonb) is
'Records providers'' answers: [{attempt_id, verdict, scope?, code?, message?, provider_id?, retry_after_seconds?}].';
revoke all on function engine.record_dispatches(text, jsonb) from public;
grant execute on function engine.record_dispatches(text, jsonb) to outbound_worker;
