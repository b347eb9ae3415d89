-- The times of a day: named one by one while they are few, else by their pattern.
create or replace function engine.describe_cron_times(p_minutes integer[], p_hours integer[])
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_hour_count integer := cardinality(p_hours);
  v_step integer := engine.even_step(p_hours);
  v_minute text := to_char(p_minutes[1], 'FM00');
begin
  if cardinality(p_minutes) = 1 and v_step * v_hour_count = 24 and p_hours[1] = 0 then
    return case v_step when 1 then 'Every hour' else format('Every %s hours', v_step) end
      || case when p_minutes[1] > 0 then format(' at minute %s', p_minutes[1]) else '' end;
  elsif cardinality(p_minutes) = 1 and v_step is not null then
    return format(
      'Every %s from %s:%s to %s:%3$s',
      case v_step when 1 then 'hour' else v_step || ' hours' end,
      to_char(p_hours[1], 'FM00'), v_minute, to_char(p_hours[v_hour_count], 'FM00')
    );
  elsif cardinality(p_minutes) * v_hour_count <= 6 or (cardinality(p_minutes) = 1 and v_hour_count <= 12) then
    return 'At ' || (
      select engine.join_words(array_agg(to_char(h.n, 'FM00') || ':' || to_char(m.n, 'FM00') order by h.n, m.n))
      from unnest(p_hours) as h (n)
      cross join unnest(p_minutes) as m (n)
    );
  end if;
  return engine.describe_cron_minutes(p_minutes) || engine.describe_cron_hours(p_hours);
end
$$;
comment on function engine.describe_cron_times(integer[], integer[]) is 'When within a day a schedule runs, in words.';
revoke all on function engine.describe_cron_times(integer[], integer[]) from public;
