-- What an expression means, before it becomes a schedule: in words, and when it would run.
create or replace function public.describe_cron(
  p_expression text, p_timezone text default 'UTC', p_count integer default 5, p_from timestamptz default null
)
returns jsonb
language plpgsql
stable
security definer -- the functions that read cron are the engine's; it touches no row of anybody
set search_path = ''
as $$
declare
  c_most constant integer := 100;
  v_schedule engine.cron_schedule := engine.parse_cron(p_expression);
  v_issues jsonb := engine.cron_issues(v_schedule, p_expression, p_timezone);
  v_from timestamptz := coalesce(p_from, engine.now());
begin
  -- whoever is in a team may compute; a stranger's account may not
  if cardinality(engine.caller_team_ids()) = 0 and not engine.caller_is_service() then
    perform engine.refuse_not_found('team', null);
  end if;
  if p_count < 0 then
    v_issues := v_issues || engine.issue('count_negative', 'p_count', 'The number of times cannot be negative.');
  end if;
  if v_from not between '1970-01-02' and '9000-01-01' then
    v_issues := v_issues || engine.issue('from_out_of_range', 'p_from', 'Give a moment after 1970 and before the year 9000.');
  end if;
  perform engine.refuse_issues(v_issues, 'The expression');
  if p_count > c_most then
    perform engine.refuse(
      'OB009', format('At most %s times can be asked for.', c_most),
      jsonb_build_object('limit', c_most, 'actual', p_count), 'Ask for the rest with p_from set to the last of them.'
    );
  end if;
  return jsonb_build_object(
    'expression', p_expression, 'timezone', p_timezone, 'summary', engine.describe_cron_words(v_schedule),
    'next', coalesce((
      select jsonb_agg(engine.zoned_time(n.at, p_timezone) order by n.at)
      from engine.next_runs(v_schedule, p_timezone, v_from, coalesce(p_count, 5)) as n (at)
    ), '[]'),
    'warnings', v_issues
  );
end
$$;
comment on function public.describe_cron(text, text, integer, timestamptz) is
'{expression, timezone, summary, next[times in the zone, after p_from or now], warnings[]} of a cron expression; OB001 with every problem, OB004 outside every team.';
revoke all on function public.describe_cron(text, text, integer, timestamptz) from public;
grant execute on function public.describe_cron(text, text, integer, timestamptz) to authenticated, service_role;
