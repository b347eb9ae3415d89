-- Events that waited: for an attempt's acceptance that a concurrent transaction did not see them, or for
-- a text that was not settled. What nobody knows after a week never was ours.
create or replace function engine.apply_waiting_events()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_known engine.event_ref[];
begin
  perform engine.seek_in_history();
  v_known := array(
    select (e.provider, e.event_key)::engine.event_ref
    from engine.events as e
    where e.result = 'waiting' and (e.type = 'inbound' or exists (
      select from engine.find_attempt(e.provider, e.attempt_id, e.provider_id, e.secret_name)
    ))
    order by e.received_at
    limit 1000
    for update of e skip locked
  );
  perform engine.apply_events(v_known);
  update engine.events as e
  set result = 'ignored', applied_at = engine.now()
  where e.result = 'waiting' and e.received_at < engine.now() - interval '7 days';
  return cardinality(v_known);
end
$$;
comment on function engine.apply_waiting_events() is
'Applies events whose attempt has become known, and gives up those that nobody knew for a week.';
revoke all on function engine.apply_waiting_events() from public;
