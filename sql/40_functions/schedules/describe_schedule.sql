-- A schedule as RPCs return it: with its list, what it says in words, when it runs next, and its state.
create or replace function engine.describe_schedule(p_schedule public.audience_schedules)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_list public.audience_lists;
  v_open_run public.audience_runs;
  v_last_run public.audience_runs;
  v_cron engine.cron_schedule := engine.parse_cron(p_schedule.expression);
begin
  select * into v_list from public.audience_lists as l where l.team_id = p_schedule.team_id and l.id = p_schedule.list_id;
  select * into v_open_run from public.audience_runs as r
  where r.team_id = p_schedule.team_id and r.list_id = p_schedule.list_id and r.status in ('QUEUED', 'RUNNING');
  select * into v_last_run from public.audience_runs as r
  where r.team_id = p_schedule.team_id and r.list_id = p_schedule.list_id
  order by r.id desc limit 1;
  return jsonb_build_object(
    'list_id', v_list.id, 'list_name', v_list.name, 'list_status', v_list.status, 'team_id', v_list.team_id,
    'source', v_list.source, 'expression', p_schedule.expression, 'timezone', p_schedule.timezone,
    'summary', engine.describe_cron_words(v_cron), 'is_enabled', p_schedule.is_enabled,
    'chip', engine.schedule_chip(p_schedule, v_open_run, v_last_run),
    -- the first is what the tick will do, late or not; the others follow from it
    'next', case when p_schedule.is_enabled then jsonb_build_array(
      engine.zoned_time(p_schedule.next_run_at, p_schedule.timezone)
    ) || coalesce((
      select jsonb_agg(engine.zoned_time(n.at, p_schedule.timezone) order by n.at)
      from engine.next_runs(v_cron, p_schedule.timezone, greatest(p_schedule.next_run_at, engine.now()), 2) as n (at)
    ), '[]') else '[]' end,
    'next_run_at', p_schedule.next_run_at, 'last_run_at', p_schedule.last_run_at,
    'last_skipped_at', p_schedule.last_skipped_at, 'last_run', engine.describe_run(v_last_run),
    'created_at', p_schedule.created_at, 'updated_at', p_schedule.updated_at
  );
end
$$;
comment on function engine.describe_schedule(public.audience_schedules) is
'{list_id, list_name, list_status, team_id, source, expression, timezone, summary, is_enabled, chip, next[], next_run_at, last_run_at, last_skipped_at, last_run, …}.';
revoke all on function engine.describe_schedule(public.audience_schedules) from public;
