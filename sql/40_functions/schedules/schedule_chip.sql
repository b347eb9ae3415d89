-- The state of a schedule in one word. A run at work comes first, whoever started it; then what a person
-- must do something about.
create or replace function engine.schedule_chip(
  p_schedule public.audience_schedules, p_open_run public.audience_runs, p_last_run public.audience_runs
)
returns text
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
  v_late timestamptz := engine.now() - engine.schedule_grace();
begin
  return case
    when p_open_run.status = 'RUNNING' or p_open_run.created_at >= v_late then 'running'
    when p_open_run.id is not null then 'overdue'
    when not p_schedule.is_enabled then 'off'
    when p_schedule.next_run_at < v_late then 'overdue'
    when p_last_run.status = 'FAILED' then 'failing'
    else 'on'
  end;
end
$$;
comment on function engine.schedule_chip(public.audience_schedules, public.audience_runs, public.audience_runs) is
'on, off, running, failing or overdue, from a schedule and the open and the last run of its list.';
revoke all on function engine.schedule_chip(public.audience_schedules, public.audience_runs, public.audience_runs) from public;
