-- What the provider said when asked. Found: the attempt is accepted and the provider's object is read
-- like an event. Not found: only after a grace period, in which the provider may still be writing it
-- down, is that a no. Not answered, not yet the whole of it, or asked too early for what the answer would
-- do now: it is asked again.
create or replace function engine.resolve_attempts(p_worker text, p_results jsonb)
returns table (attempt_id uuid, job_id uuid, job_status public.job_status)
language plpgsql
security definer -- workers may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
#variable_conflict use_column
declare
  v_answers engine.lookup_answer[] := engine.read_answers(p_results);
begin
  perform
  from unnest(v_answers) as l
  inner join engine.attempts as a on l.attempt_id = a.id
  inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id
  order by j.id
  for update of j;

  perform engine.accept_attempts(array(
    select (a.team_id, a.job_id, a.id, 'accepted', 'job', null, 'found when ' || p_worker || ' asked', l.provider_id, null)::engine.dispatch_result
    from unnest(v_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id and a.status = 'AMBIGUOUS'
    where l.found and l.provider_id is not null
  ));
  perform engine.ingest_event((
    select coalesce(jsonb_agg(jsonb_build_object(
      'provider', a.provider, 'event_key', concat_ws(':', 'lookup', a.id, md5(l.payload::text)),
      'provider_id', a.provider_id, 'attempt_id', a.id,
      'type', case a.provider when 'vapi' then 'call' else 'message' end, 'payload', l.payload
    )), '[]')
    from unnest(v_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id and a.status = 'ACCEPTED'
    where l.found and l.payload is not null and not engine.awaits_report(l.payload)
  ));
  perform engine.settle_silent_jobs(v_answers);
  perform engine.disprove_attempts(v_answers);
  -- Still open: ask again later.
  update engine.jobs as j
  set check_at = engine.now() + case
    when l.found is null or engine.awaits_report(l.payload) then interval '1 minute'
    when j.status = 'AMBIGUOUS' then interval '30 seconds'
    else engine.silence(j.channel)
  end
  from unnest(v_answers) as l
  inner join engine.attempts as a on l.attempt_id = a.id
  where j.team_id = a.team_id and j.id = a.job_id and j.status in ('DISPATCHED', 'AMBIGUOUS');

  return query
  select a.id, a.job_id, j.status
  from unnest(v_answers) as l
  inner join engine.attempts as a on l.attempt_id = a.id
  inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id;
end
$$;
comment on function engine.resolve_attempts(text, jsonb) is
'Records lookups: [{attempt_id, found (true, false, null when it could not be asked), provider_id?, payload?, asked_at?}].';
revoke all on function engine.resolve_attempts(text, jsonb) from public;
grant execute on function engine.resolve_attempts(text, jsonb) to outbound_worker;
