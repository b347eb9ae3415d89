-- The inbox. Each event is stored once and applied once; one whose attempt is not known yet waits and
-- is applied when it is. Returns what became of each.
create or replace function engine.ingest_event(p_events jsonb)
returns table (event_key text, result text)
language plpgsql
security definer -- the receiver may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
#variable_conflict use_column
declare
  v_new engine.event_ref[];
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
  with told as (
    select distinct on (e.provider, e.event_key) e.*
    from jsonb_populate_recordset(null::engine.events, p_events) as e
    -- A text belongs to no enrollment that could bring its first delivery back from the history.
    where case e.type when 'inbound' then not engine.is_in_history(e.provider, e.event_key) else true end
  ),

  stored as (
    insert into engine.events (
      provider, event_key, team_id, attempt_id, provider_id, secret_name, type, payload, occurred_at
    )
    select
      t.provider, t.event_key, a.team_id, coalesce(a.id, t.attempt_id), t.provider_id, t.secret_name, t.type, t.payload,
      t.occurred_at
    from told as t
    left join lateral engine.find_attempt(t.provider, t.attempt_id, t.provider_id, t.secret_name) as a on true
    on conflict on constraint events_pk do nothing
    returning provider, event_key
  )

  select array_agg((s.provider, s.event_key)::engine.event_ref) into v_new from stored as s;
  perform engine.apply_events(coalesce(v_new, '{}'));
  return query
  select t.event_key, case
    when exists (select from unnest(v_new) as n where n.provider = t.provider and n.event_key = t.event_key)
      then (select e.result from engine.events as e where e.provider = t.provider and e.event_key = t.event_key)
    else 'duplicate'
  end
  from jsonb_populate_recordset(null::engine.events, p_events) as t;
end
$$;
comment on function engine.ingest_event(jsonb) is
'Stores and applies events: [{provider, event_key, type, payload, provider_id?, attempt_id?, secret_name?, occurred_at?}]; result is applied, waiting, ignored or duplicate.';
revoke all on function engine.ingest_event(jsonb) from public;
grant execute on function engine.ingest_event(jsonb) to outbound_worker;
