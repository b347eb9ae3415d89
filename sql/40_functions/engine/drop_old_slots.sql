-- Batch slots that are long over. A month is kept, for whoever asks why somebody was due when.
create or replace function engine.drop_old_slots()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_dropped integer;
begin
  delete from engine.pacing as p where p.slot_at < engine.now() - interval '31 days';
  get diagnostics v_dropped = row_count;
  return v_dropped;
end
$$;
comment on function engine.drop_old_slots() is 'Removes batch slots of more than a month ago; returns how many.';
revoke all on function engine.drop_old_slots() from public;
