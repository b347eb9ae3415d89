-- Puts events into the inbox and returns those that were not in it yet; one without a job waits for its attempt.
-- The jobs that events are about are locked first, in order of id, so that two deliveries of one event, or
-- an event and the worker's own answer, take turns; so an event is written once, as what became of it.
create or replace function engine.store_events(p_told engine.events[])
returns engine.told_event[]
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := engine.now();
  v_sources constant engine.event_source[] := array(
    select (e.provider, e.event_key, e.attempt_id, e.provider_id, e.secret_name)::engine.event_source
    from unnest(p_told) as e
    where e.type <> 'inbound'
  );
  v_jobs constant uuid[] := array(select f.job_id from engine.find_attempts(v_sources) as f);
  v_stored engine.told_event[];
begin
  perform engine.lock_jobs(v_jobs);

  -- Looked for again: what another transaction told while the locks were waited for counts.
  with found as materialized (
    select f.* from engine.find_attempts(v_sources) as f
  ),

  stored as (
    insert into engine.events (
      provider, event_key, team_id, attempt_id, provider_id, secret_name, type, payload, occurred_at, received_at,
      applied_at, result
    )
    select
      t.provider, t.event_key, f.team_id, coalesce(f.attempt_id, t.attempt_id), t.provider_id, t.secret_name, t.type,
      t.payload, t.occurred_at, v_now, case when f.attempt_id is not null then v_now end,
      case when f.attempt_id is null then 'waiting' else 'applied' end
    from unnest(p_told) as t
    left join found as f on t.provider = f.provider and t.event_key = f.event_key
    on conflict on constraint events_pk do nothing
    returning provider, event_key, team_id, attempt_id, provider_id, type, payload
  )

  select coalesce(array_agg((
    s.provider, s.event_key, s.team_id, s.attempt_id, f.job_id, f.attempt_status, s.provider_id, s.type, s.payload
  )::engine.told_event), '{}')
  into v_stored
  from stored as s
  left join found as f on s.provider = f.provider and s.event_key = f.event_key;
  perform engine.lock_jobs(array(select s.job_id from unnest(v_stored) as s except select j.id from unnest(v_jobs) as j (id)));
  return v_stored;
end
$$;
comment on function engine.store_events(engine.events[]) is
'Stores events that are not in the inbox yet, with the jobs of their attempts locked; returns them.';
revoke all on function engine.store_events(engine.events[]) from public;
