-- What is wrong with an expression and a zone, before anything is computed from them.
create or replace function engine.cron_issues(p_schedule engine.cron_schedule, p_expression text, p_timezone text)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return
    case
      when coalesce(btrim(p_expression), '') = ''
        then jsonb_build_array(engine.issue('cron_missing', 'p_expression', 'A cron expression is required, such as 30 8 * * mon-fri.'))
      else p_schedule.issues
    end
    || case
      when engine.is_timezone(p_timezone) then '[]'
      else jsonb_build_array(engine.issue('timezone_unknown', 'p_timezone', 'Give an IANA time zone, such as America/Chicago.'))
    end;
end
$$;
comment on function engine.cron_issues(engine.cron_schedule, text, text) is 'Issues of an expression and a zone.';
revoke all on function engine.cron_issues(engine.cron_schedule, text, text) from public;
