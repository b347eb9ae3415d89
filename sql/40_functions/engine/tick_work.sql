-- The part of the tick that people and workers wait for: leases, news, the end of waiting, schedules. Every step is
-- short and takes a limited number of rows; what may take longer is in the other parts, in transactions of their own.
-- Safe to run twice at once: rows that another tick holds are skipped.
create or replace function engine.tick_work()
returns jsonb
language plpgsql
security definer -- cron and workers may write no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_done jsonb := engine.run_tick_steps(array[
    'expire_leases', 'apply_waiting_events', 'close_reply_windows', 'complete_campaigns', 'expire_tasks', 'fail_stale_runs',
    'queue_due_schedules', 'queue_watches'
  ]);
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'leases_expired', v_done -> 'expire_leases', 'events_waited', v_done -> 'apply_waiting_events',
    'reply_windows_closed', v_done -> 'close_reply_windows', 'campaigns_completed', v_done -> 'complete_campaigns',
    'tasks_expired', v_done -> 'expire_tasks', 'runs_abandoned', v_done -> 'fail_stale_runs',
    'runs_queued', v_done -> 'queue_due_schedules' -> 'queued_count',
    'runs_skipped', v_done -> 'queue_due_schedules' -> 'skipped_count', 'looks_queued', v_done -> 'queue_watches',
    'failed', v_done -> 'failed'
  ));
end
$$;
comment on function engine.tick_work() is 'Does what time alone changes and others wait for; returns what it did. Idempotent.';
revoke all on function engine.tick_work() from public;
grant execute on function engine.tick_work() to outbound_worker;
