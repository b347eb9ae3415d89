-- What an archived list leaves behind: a trigger, so that whoever archives cannot forget it.
create or replace function engine.stop_schedule()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  update public.audience_schedules as s
  set is_enabled = false, next_run_at = null, updated_at = engine.now()
  where s.team_id = new.team_id and s.list_id = new.id and s.is_enabled;
  return null;
end
$$;
comment on function engine.stop_schedule() is 'Turns off the schedule of a list that was archived.';
revoke all on function engine.stop_schedule() from public;
