-- The minutes of an hour: "Every 15 minutes", "At minutes 5, 20 and 41 of each hour".
create or replace function engine.describe_cron_minutes(p_minutes integer[])
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_count integer := cardinality(p_minutes);
  v_step integer := coalesce(engine.even_step(p_minutes), case when v_count in (2, 3) then 60 / v_count end);
  v_words text[];
begin
  if v_count = 60 then
    return 'Every minute';
  elsif v_count > 1 and p_minutes[1] = 0 and v_step * v_count = 60 and p_minutes[v_count] = 60 - v_step and p_minutes[2] = v_step then
    return format('Every %s minutes', v_step);
  elsif engine.even_step(p_minutes) is not null then
    return format(
      'Every %s from minute %s to %s of each hour',
      case v_step when 1 then 'minute' else v_step || ' minutes' end, p_minutes[1], p_minutes[v_count]
    );
  end if;
  select array_agg(case when r.low = r.high then r.low::text else r.low || ' to ' || r.high end order by r.low) into v_words
  from engine.number_runs(p_minutes) as r;
  return format('At %s %s of each hour', case v_count when 1 then 'minute' else 'minutes' end, engine.join_words(v_words));
end
$$;
comment on function engine.describe_cron_minutes(integer[]) is 'Minutes of the hour in words.';
revoke all on function engine.describe_cron_minutes(integer[]) from public;
