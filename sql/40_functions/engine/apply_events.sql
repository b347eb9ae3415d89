-- Applies events that waited, those whose attempt has become known. Jobs are locked in order of id before
-- anything else, so that two deliveries of one event, or an event and the worker's own answer, take turns.
create or replace function engine.apply_events(p_events engine.event_ref[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_sources engine.event_source[];
  v_jobs uuid[];
  v_known engine.told_event[];
begin
  if cardinality(p_events) = 0 then
    return;
  end if;
  perform engine.apply_inbound_texts(p_events);
  v_sources := array(
    select (e.provider, e.event_key, e.attempt_id, e.provider_id, e.secret_name)::engine.event_source
    from unnest(p_events) as p
    inner join engine.events as e on p.provider = e.provider and p.event_key = e.event_key and e.result = 'waiting'
  );
  v_jobs := array(select f.job_id from engine.find_attempts(v_sources) as f);
  perform engine.lock_jobs(v_jobs);

  -- Looked for again: what another transaction told of these calls while the locks were waited for counts.
  with known as (
    update engine.events as e
    set team_id = f.team_id, attempt_id = f.attempt_id, applied_at = engine.now(), result = 'applied'
    from engine.find_attempts(v_sources) as f
    where e.provider = f.provider and e.event_key = f.event_key and e.result = 'waiting'
    returning (
      e.provider, e.event_key, f.team_id, f.attempt_id, f.job_id, f.attempt_status, e.provider_id, e.type, e.payload
    )::engine.told_event as event
  )

  select coalesce(array_agg(k.event), '{}') into v_known from known as k;
  perform engine.lock_jobs(array(select k.job_id from unnest(v_known) as k except select j.id from unnest(v_jobs) as j (id)));
  perform engine.apply_known_events(v_known);
end
$$;
comment on function engine.apply_events(engine.event_ref[]) is 'Applies waiting events to their jobs; unknown ones stay waiting.';
revoke all on function engine.apply_events(engine.event_ref[]) from public;
