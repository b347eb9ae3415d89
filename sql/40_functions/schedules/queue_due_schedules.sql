-- Queues a run for each schedule whose time has come, however often it came since: after a downtime one
-- run catches up, and the next is the first that the expression names from now on. While a run of the
-- list is open, the time is skipped, and the schedule says so.
create or replace function engine.queue_due_schedules()
returns table (queued_count integer, skipped_count integer)
language plpgsql
set search_path = ''
as $$
declare
  v_schedule public.audience_schedules;
  v_run_id uuid;
  v_failures jsonb := '[]'::jsonb;
begin
  queued_count := 0;
  skipped_count := 0;
  -- One by one, so that a zone which this server no longer knows stops nobody else's. Another tick's
  -- schedules, and lists that somebody is changing, are left to the next tick.
  for v_schedule in
    select s.*
    from public.audience_schedules as s
    inner join public.audience_lists as l on s.team_id = l.team_id and s.list_id = l.id
    where s.is_enabled and s.next_run_at <= engine.now()
    order by s.next_run_at, s.team_id, s.list_id
    for no key update of s skip locked
    for key share of l skip locked
  loop
    begin
      v_run_id := engine.queue_refresh(v_schedule.team_id, v_schedule.list_id);
      v_schedule.next_run_at := engine.next_run(engine.parse_cron(v_schedule.expression), v_schedule.timezone, engine.now());
      update public.audience_schedules as s
      set
        is_enabled = v_schedule.next_run_at is not null,
        next_run_at = v_schedule.next_run_at,
        last_run_id = coalesce(v_run_id, s.last_run_id),
        last_run_at = case when v_run_id is not null then engine.now() else s.last_run_at end,
        last_skipped_at = case when v_run_id is null then engine.now() else s.last_skipped_at end
      where s.team_id = v_schedule.team_id and s.list_id = v_schedule.list_id;
      queued_count := queued_count + (v_run_id is not null)::integer;
      skipped_count := skipped_count + (v_run_id is null)::integer;
    -- Whatever is wrong with one team's schedule must not stop those of all the others.
    exception when others then
      raise warning 'outbound: the schedule of list % could not be followed: % (%)', v_schedule.list_id, sqlerrm, sqlstate;
      v_failures := v_failures || jsonb_build_object(
        'step', 'follow_schedule', 'subject', v_schedule.list_id, 'code', sqlstate, 'message', sqlerrm
      );
    end;
  end loop;
  perform engine.note_tick_failures(array['follow_schedule'], v_failures);
  return next;
end
$$;
comment on function engine.queue_due_schedules() is
'Queues one run for each due schedule of a list without an open run; returns how many, and how many were skipped. Part of the tick.';
revoke all on function engine.queue_due_schedules() from public;
