-- The one switch of a scheduled list. On: the next run is the next that the expression names from now,
-- with no catching up on the time that it was off. Off: nothing is queued any more; a run that is open
-- goes on. Saying what is so already changes nothing.
create or replace function public.toggle_audience_schedule(p_list_id uuid, p_is_enabled boolean)
returns jsonb
language plpgsql
security definer -- writes tables that no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists;
  v_schedule public.audience_schedules;
begin
  if p_is_enabled is null then
    perform engine.refuse_issues(
      jsonb_build_array(engine.issue('switch_missing', 'p_is_enabled', 'Say whether the schedule is to be on or off.')), 'The request'
    );
  end if;
  v_list := engine.lock_scheduled_list(p_list_id, p_is_enabled);
  select * into v_schedule from public.audience_schedules as s where s.team_id = v_list.team_id and s.list_id = v_list.id for update;
  if v_schedule.list_id is null then
    perform engine.refuse_not_found('audience_schedule', p_list_id);
  end if;
  if v_schedule.is_enabled <> p_is_enabled then
    update public.audience_schedules as s
    set
      is_enabled = p_is_enabled,
      next_run_at = case
        when p_is_enabled then engine.next_run(engine.parse_cron(s.expression), s.timezone, engine.now())
      end,
      updated_at = engine.now()
    where s.team_id = v_list.team_id and s.list_id = v_list.id
    returning * into v_schedule;
  end if;
  return engine.describe_schedule(v_schedule);
end
$$;
comment on function public.toggle_audience_schedule(uuid, boolean) is
'Turns the schedule of a list on or off and returns it. OB003 when the list is archived, OB004 when it has none.';
revoke all on function public.toggle_audience_schedule(uuid, boolean) from public;
grant execute on function public.toggle_audience_schedule(uuid, boolean) to authenticated, service_role;
