-- The inbox. Each event is stored once and applied once; one whose attempt is not known yet waits and
-- is applied when it is. Returns what became of each.
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
  v_told engine.events[];
  v_stored engine.told_event[];
  v_ignored engine.event_ref[];
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
  v_stored := engine.store_events(v_told);
  v_ignored := engine.apply_known_events(array(select s from unnest(v_stored) as s where s.job_id is not null));
  perform engine.apply_events(array(
    select (s.provider, s.event_key)::engine.event_ref from unnest(v_stored) as s where s.job_id is null
  ));
  return query
  select t.event_key, case
    when s.event_key is null then 'duplicate'
    when i.event_key is not null then 'ignored'
    when s.job_id is not null then 'applied'
    else (select e.result from engine.events as e where e.provider = s.provider and e.event_key = s.event_key)
  end
  from jsonb_to_recordset(p_events) as t (provider public.provider, event_key text)
  left join unnest(v_stored) as s on t.provider = s.provider and t.event_key = s.event_key
  left join unnest(v_ignored) as i on s.provider = i.provider and s.event_key = i.event_key;
end
$$;
comment on function engine.ingest_event(jsonb) is
'Stores and applies events: [{provider, event_key, type, payload, provider_id?, attempt_id?, secret_name?, occurred_at?}]; result is applied, waiting, ignored or duplicate.';
revoke all on function engine.ingest_event(jsonb) from public;
grant execute on function engine.ingest_event(jsonb) to outbound_worker;
