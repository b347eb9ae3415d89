-- What the providers told about the requests, and what it meant. Only what the engine reads of an event is
-- told: a transcript is nobody's here.
create or replace function engine.tell_events(p_job_no integer, p_job engine.jobs)
returns setof engine.told
language sql
stable
set search_path = ''
as $$
  select
    e.received_at, p_job_no, 5, 'event', engine.tell_event(row(e.*)::engine.events, d.reading),
    jsonb_build_object(
      'job_id', a.job_id, 'attempt_id', a.id, 'provider', e.provider, 'type', e.type, 'result', e.result,
      'occurred_at', e.occurred_at, 'meaning', case when e.type = 'inbound' then 'reply' else (d.reading).kind end,
      'outcome', (d.reading).outcome, 'reason_code', (d.reading).reason_code
    )
  from engine.all_attempts as a
  inner join engine.all_events as e on a.team_id = e.team_id and a.id = e.attempt_id
  cross join lateral (
    select case
      when e.type = 'inbound' then null::engine.reading
      when e.provider = 'vapi' then engine.read_vapi_event(e.type, e.payload)
      else engine.read_twilio_event(e.type, e.payload)
    end as reading
  ) as d
  where a.team_id = p_job.team_id and a.job_id = p_job.id
$$;
comment on function engine.tell_events(integer, engine.jobs) is
'A line for each event of a job''s attempts: {job_id, attempt_id, provider, type, result, occurred_at, meaning, outcome, reason_code}.';
revoke all on function engine.tell_events(integer, engine.jobs) from public;
