-- Stops numbers for good: suppression, ledger, and every open job of the number in the team, across
-- campaigns, in the transaction that records it.
create or replace function engine.stop_numbers(p_stops engine.stop[])
returns integer
language plpgsql
set search_path = ''
as $$
begin
  if cardinality(p_stops) = 0 then
    return 0;
  end if;
  perform engine.record_stops(p_stops, true);
  return engine.call_off(p_stops);
end
$$;
comment on function engine.stop_numbers(engine.stop[]) is
'Suppresses numbers, writes the ledger and cancels what has not begun; returns how many jobs it cancelled.';
revoke all on function engine.stop_numbers(engine.stop[]) from public;
