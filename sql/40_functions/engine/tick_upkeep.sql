-- The part of the tick that keeps tables small and reading quick; nobody waits for it, and it may fall behind. The
-- counters are folded last, because nothing may wait for what that locks.
create or replace function engine.tick_upkeep()
returns jsonb
language plpgsql
security definer -- cron and workers may write no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_done jsonb := engine.run_tick_steps(array[
    'drop_old_slots', 'index_contacts', 'archive_finished', 'drop_old_history', 'drop_old_work', 'fold_counters'
  ]);
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'contacts_indexed', v_done -> 'index_contacts', 'enrollments_archived', v_done -> 'archive_finished',
    'history_months_dropped', v_done -> 'drop_old_history', 'counters_folded', v_done -> 'fold_counters',
    'failed', v_done -> 'failed'
  ));
end
$$;
comment on function engine.tick_upkeep() is 'Archives, indexes and folds what has come together; returns how much. Idempotent.';
revoke all on function engine.tick_upkeep() from public;
grant execute on function engine.tick_upkeep() to outbound_worker;
