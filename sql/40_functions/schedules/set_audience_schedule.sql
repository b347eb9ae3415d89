-- Gives a list a schedule, or another one. The first run is the next one that the expression names: a
-- schedule never catches up on what was before it.
create or replace function public.set_audience_schedule(
  p_list_id uuid, p_expression text, p_timezone text default null, p_is_enabled boolean default true
)
returns jsonb
language plpgsql
security definer -- writes tables that no role may write
set search_path = ''
as $$
declare
  v_is_enabled boolean := coalesce(p_is_enabled, true);
  v_list public.audience_lists := engine.lock_scheduled_list(p_list_id, v_is_enabled);
  v_timezone text := coalesce(p_timezone, (select t.timezone from public.teams as t where t.id = v_list.team_id));
  v_cron engine.cron_schedule := engine.parse_cron(p_expression);
  v_issues jsonb := engine.schedule_issues(v_cron, p_expression, v_timezone);
  v_schedule public.audience_schedules;
begin
  if v_list.source = 'csv' then
    v_issues := v_issues || engine.issue(
      'source_not_refreshable', 'p_list_id', 'The list is filled from files, so there is nothing to refresh it from.'
    );
  elsif v_list.source = 'speed_to_lead' then
    v_issues := v_issues || engine.issue(
      'source_not_refreshable', 'p_list_id', 'Leads come into the list the moment they are there, so there is nothing to schedule.'
    );
  end if;
  perform engine.refuse_issues(v_issues, 'The schedule');
  insert into public.audience_schedules as s (team_id, list_id, expression, timezone, is_enabled, next_run_at)
  values (
    v_list.team_id, v_list.id, p_expression, v_timezone, v_is_enabled,
    case when v_is_enabled then engine.next_run(v_cron, v_timezone, engine.now()) end
  )
  on conflict (team_id, list_id) do update set
    expression = excluded.expression, timezone = excluded.timezone, is_enabled = excluded.is_enabled,
    next_run_at = excluded.next_run_at, updated_at = engine.now()
  returning * into v_schedule;
  return engine.describe_schedule(v_schedule) || jsonb_build_object('warnings', v_issues);
end
$$;
comment on function public.set_audience_schedule(uuid, text, text, boolean) is
'Sets the schedule of a list that can be refreshed; p_timezone null is the team''s. Returns it as list_audience_schedules does, with warnings[]. OB001, OB003, OB004, OB008.';
revoke all on function public.set_audience_schedule(uuid, text, text, boolean) from public;
grant execute on function public.set_audience_schedule(uuid, text, text, boolean) to authenticated, service_role;
