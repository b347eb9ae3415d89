-- What keeps an expression and a zone from being a schedule of a list: that they can't be read, that they
-- name no minute that ever comes, or that they ask for more than the tick of each minute can give.
create or replace function engine.schedule_issues(
  p_schedule engine.cron_schedule, p_expression text, p_timezone text
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_issues jsonb := engine.cron_issues(p_schedule, p_expression, p_timezone);
begin
  if v_issues @> '[{"severity": "error"}]' then
    return v_issues;
  elsif p_schedule.every_seconds is not null then
    return v_issues || engine.issue(
      'cron_too_often', 'p_expression', 'A list is refreshed at most once a minute; write * * * * * for every minute.'
    );
  elsif p_schedule.is_at_start then
    return v_issues || engine.issue(
      'cron_without_time', 'p_expression', '@reboot and @restart name no time at which a list could be refreshed.'
    );
  elsif engine.next_cron_wall_time(p_schedule, engine.now()::timestamp) is null then
    return v_issues || engine.issue(
      'cron_never_runs', 'p_expression', 'No day in the calendar fits this expression, so it would never run.'
    );
  end if;
  return v_issues;
end
$$;
comment on function engine.schedule_issues(engine.cron_schedule, text, text) is 'Everything against a schedule of a list; warnings included.';
revoke all on function engine.schedule_issues(engine.cron_schedule, text, text) from public;
