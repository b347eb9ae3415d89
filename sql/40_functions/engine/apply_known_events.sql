-- Carries out stored events whose attempts are known and whose jobs are locked. An event for an attempt that
-- is still open proves that the provider has the request, so it is accepted first.
create or replace function engine.apply_known_events(p_events engine.event_ref[])
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
  v_readings := array(select r from engine.read_events(p_events) as r);
  update engine.events as e
  set result = 'ignored'
  from unnest(v_readings) as r
  where (r.reading).kind = 'ignored' and e.provider = r.provider and e.event_key = r.event_key;

  perform engine.accept_attempts(array(
    select distinct (
      a.team_id, a.job_id, a.id, 'accepted', 'job', null, 'known from an event', r.provider_id, null
    )::engine.dispatch_result
    from unnest(v_readings) as r
    inner join engine.attempts as a on r.attempt_id = a.id and r.team_id is not distinct from a.team_id -- see read_events
    where r.provider_id is not null and a.status <> 'ACCEPTED' and engine.may_be_accepted(a)
  ));
  perform engine.apply_readings(v_readings);
end
$$;
comment on function engine.apply_known_events(engine.event_ref[]) is
'Carries out stored events whose attempts are known; the caller has locked their jobs.';
revoke all on function engine.apply_known_events(engine.event_ref[]) from public;
