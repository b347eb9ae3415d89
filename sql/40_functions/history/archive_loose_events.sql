-- Events that belong to no attempt: texts that people sent, and what nobody knew. Moved like the rest, so
-- that the inbox does not grow for ever; their keys are remembered as long as the history is.
create or replace function engine.archive_loose_events(p_before timestamptz, p_limit integer)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_loose engine.event_ref[] := array(
    select (e.provider, e.event_key)::engine.event_ref
    from engine.events as e
    where e.applied_at < p_before and (e.team_id is null or e.attempt_id is null)
    order by e.applied_at
    limit p_limit
    for update of e skip locked
  );
begin
  if cardinality(v_loose) = 0 then
    return 0;
  end if;
  perform engine.ensure_partitions('event', array(
    select e.received_at
    from unnest(v_loose) as l
    inner join engine.events as e on l.provider = e.provider and l.event_key = e.event_key
  ));
  with moved as (
    delete from engine.events as e
    using unnest(v_loose) as l
    where e.provider = l.provider and e.event_key = l.event_key
    returning e.*
  )

  insert into engine.event_history select m.* from moved as m;
  return cardinality(v_loose);
end
$$;
comment on function engine.archive_loose_events(timestamptz, integer) is
'Moves events of no attempt that were dealt with before a moment to the history; returns how many.';
revoke all on function engine.archive_loose_events(timestamptz, integer) from public;
