-- What time alone changes. pg_cron calls it once a minute, or a worker does where pg_cron is not
-- there. Safe to run twice at once: rows that another tick holds are skipped.
-- The counters are folded last, because nothing may wait for what that locks.
create or replace function engine.tick()
returns jsonb
language plpgsql
security definer -- cron and workers may write no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_expired integer := engine.expire_leases();
  v_waited integer := engine.apply_waiting_events();
  v_unanswered integer := engine.close_reply_windows();
  v_launched integer := engine.launch_scheduled_campaigns();
  v_completed integer := engine.complete_campaigns();
  v_dropped integer := engine.expire_tasks();
  v_abandoned integer := engine.fail_stale_runs();
  v_queued integer;
  v_skipped integer;
  v_indexed integer;
  v_archived integer;
  v_purged integer;
  v_folded integer;
begin
  select q.queued_count, q.skipped_count into v_queued, v_skipped from engine.queue_due_schedules() as q;
  delete from engine.pacing as p where p.slot_at < engine.now() - interval '31 days';
  v_indexed := engine.index_contacts();
  v_archived := engine.archive_finished();
  v_purged := engine.drop_old_history();
  v_folded := engine.fold_counters();
  return jsonb_build_object(
    'leases_expired', v_expired, 'events_waited', v_waited, 'reply_windows_closed', v_unanswered,
    'campaigns_launched', v_launched, 'campaigns_completed', v_completed, 'tasks_expired', v_dropped,
    'runs_abandoned', v_abandoned, 'runs_queued', v_queued, 'runs_skipped', v_skipped, 'contacts_indexed', v_indexed,
    'enrollments_archived', v_archived, 'history_months_dropped', v_purged, 'counters_folded', v_folded
  );
end
$$;
comment on function engine.tick() is 'Does what time alone changes, and returns what it did. Idempotent.';
revoke all on function engine.tick() from public;
grant execute on function engine.tick() to outbound_worker;
