-- Applies stored events to their jobs. An event for an attempt that is still open proves that the
-- provider has the request, so it is accepted first. Jobs are locked in order of id before anything
-- else, so that two deliveries of one event, or an event and the worker's own answer, take turns.
create or replace function engine.apply_events(p_events engine.event_ref[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_readings engine.event_reading[];
begin
  if cardinality(p_events) = 0 then
    return;
  end if;
  perform engine.apply_inbound_texts(p_events);
  v_readings := array(select r from engine.read_events(p_events) as r);
  perform
  from unnest(v_readings) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  order by j.id
  for update of j;

  -- Read again: what another transaction told of these calls while the locks were waited for counts.
  v_readings := array(select r from engine.read_events(p_events) as r);

  update engine.events as e
  set
    team_id = r.team_id, attempt_id = r.attempt_id, applied_at = engine.now(),
    result = case when (r.reading).kind = 'ignored' then 'ignored' else 'applied' end
  from unnest(v_readings) as r
  where e.provider = r.provider and e.event_key = r.event_key and e.result = 'waiting';

  perform engine.accept_attempts(array(
    select distinct (
      a.team_id, a.job_id, a.id, 'accepted', 'job', null, 'known from an event', r.provider_id, null
    )::engine.dispatch_result
    from unnest(v_readings) as r
    inner join engine.attempts as a on r.team_id = a.team_id and r.attempt_id = a.id
    where r.provider_id is not null and engine.may_be_accepted(a)
  ));
  perform engine.apply_readings(v_readings);
end
$$;
comment on function engine.apply_events(engine.event_ref[]) is 'Applies stored events to their jobs; unknown ones stay waiting.';
revoke all on function engine.apply_events(engine.event_ref[]) from public;
