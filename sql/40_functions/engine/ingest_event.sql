-- The inbox. Each event is stored once and applied once; one whose attempt is not known yet waits and
-- is applied when it is. Returns what became of each.
-- The jobs that events are about are locked first, in order of id, so that two deliveries of one event, or
-- an event and the worker's own answer, take turns; so an event is written once, as what became of it.
create or replace function engine.ingest_event(p_events jsonb)
returns table (event_key text, result text)
language plpgsql
security definer -- the receiver may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
set enable_seqscan = off -- nor does a plan read a whole table because it was empty when it was made
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := engine.now();
  v_told engine.events[];
  v_sources engine.event_source[];
  v_waiting engine.event_ref[];
  v_known engine.event_ref[];
begin
  if jsonb_typeof(p_events) is distinct from 'array' or exists (
    select from jsonb_array_elements(p_events) as e (event)
    where coalesce(e.event ->> 'event_key', '') = '' or coalesce(e.event ->> 'type', '') = ''
      or e.event ->> 'provider' is null or e.event -> 'payload' is null
  ) then
    perform engine.refuse(
      'OB001', 'Each event needs a provider, an event_key, a type and a payload.', '[]'
    );
  end if;
  v_told := array(
    select distinct on (e.provider, e.event_key) e
    from jsonb_populate_recordset(null::engine.events, p_events) as e
    -- A text belongs to no enrollment that could bring its first delivery back from the history.
    where case e.type when 'inbound' then not engine.is_in_history(e.provider, e.event_key) else true end
    order by e.provider, e.event_key
  );
  v_sources := array(
    select (e.provider, e.event_key, e.attempt_id, e.provider_id, e.secret_name)::engine.event_source
    from unnest(v_told) as e
    where e.type <> 'inbound'
  );
  perform
  from engine.jobs as j
  where j.id = any(array(select f.job_id from engine.find_attempts(v_sources) as f))
  order by j.id
  for update of j;

  -- Looked for again: what another transaction told while the locks were waited for counts.
  with stored as (
    insert into engine.events (
      provider, event_key, team_id, attempt_id, provider_id, secret_name, type, payload, occurred_at, received_at,
      applied_at, result
    )
    select
      t.provider, t.event_key, f.team_id, coalesce(f.attempt_id, t.attempt_id), t.provider_id, t.secret_name, t.type,
      t.payload, t.occurred_at, v_now, case when f.attempt_id is not null then v_now end,
      case when f.attempt_id is null then 'waiting' else 'applied' end
    from unnest(v_told) as t
    left join engine.find_attempts(v_sources) as f on t.provider = f.provider and t.event_key = f.event_key
    on conflict on constraint events_pk do nothing
    returning provider, event_key, result
  )

  select
    coalesce(array_agg((s.provider, s.event_key)::engine.event_ref) filter (where s.result = 'applied'), '{}'),
    coalesce(array_agg((s.provider, s.event_key)::engine.event_ref) filter (where s.result = 'waiting'), '{}')
  into v_known, v_waiting
  from stored as s;
  perform engine.apply_known_events(v_known);
  perform engine.apply_events(v_waiting);
  return query
  select t.event_key, case when n.event_key is null then 'duplicate' else e.result end
  from jsonb_to_recordset(p_events) as t (provider public.provider, event_key text)
  left join unnest(v_known || v_waiting) as n on t.provider = n.provider and t.event_key = n.event_key
  left join engine.events as e on n.provider = e.provider and n.event_key = e.event_key;
end
$$;
comment on function engine.ingest_event(jsonb) is
'Stores and applies events: [{provider, event_key, type, payload, provider_id?, attempt_id?, secret_name?, occurred_at?}]; result is applied, waiting, ignored or duplicate.';
revoke all on function engine.ingest_event(jsonb) from public;
grant execute on function engine.ingest_event(jsonb) to outbound_worker;
