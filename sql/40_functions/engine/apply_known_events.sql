-- Carries out stored events whose attempts are known and whose jobs are locked. An event for an attempt that
-- is still open proves that the provider has the request, so it is accepted first. Returns those that say nothing.
create or replace function engine.apply_known_events(p_events engine.told_event[])
returns engine.event_ref[]
language plpgsql
set search_path = ''
as $$
declare
  v_readings engine.event_reading[];
  v_ignored engine.event_ref[];
begin
  if cardinality(p_events) = 0 then
    return '{}'::engine.event_ref[];
  end if;
  v_readings := array(select r from engine.read_events(p_events) as r);
  v_ignored := array(
    select (r.provider, r.event_key)::engine.event_ref from unnest(v_readings) as r where (r.reading).kind = 'ignored'
  );
  if cardinality(v_ignored) > 0 then
    update engine.events as e
    set result = 'ignored'
    from unnest(v_ignored) as i
    where e.provider = i.provider and e.event_key = i.event_key;
  end if;

  perform engine.accept_attempts(array(
    select distinct (
      a.team_id, a.job_id, a.id, 'accepted', 'job', null, 'known from an event', e.provider_id, null
    )::engine.dispatch_result
    from unnest(p_events) as e
    -- Put so that only the index of ids can be used: to a plan that was made when the ledger was empty all of the team
    -- look as short, and each event would read every attempt.
    inner join engine.attempts as a on e.attempt_id = a.id and e.team_id is not distinct from a.team_id
    where e.provider_id is not null and e.attempt_status <> 'ACCEPTED' and engine.may_be_accepted(a)
  ));
  perform engine.apply_readings(v_readings);
  return v_ignored;
end
$$;
comment on function engine.apply_known_events(engine.told_event[]) is
'Carries out stored events whose attempts are known; the caller has locked their jobs. Returns those that were ignored.';
revoke all on function engine.apply_known_events(engine.told_event[]) from public;
