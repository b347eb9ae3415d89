-- The days of a schedule, to follow its times. Either field is enough or both are needed, as cron has it;
-- a field that leaves no day out is not mentioned, and when it alone would do neither is the other.
create or replace function engine.describe_cron_days(p_schedule engine.cron_schedule)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_step integer := engine.even_step(p_schedule.days);
  v_count integer := cardinality(p_schedule.days);
  v_days text;
  v_weekdays text := (
    -- the week of people begins with Monday
    select engine.name_runs(
      array_agg(case u.n when 0 then 7 else u.n end order by case u.n when 0 then 7 else u.n end),
      '{Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday}'
    ) from unnest(p_schedule.weekdays) as u (n)
  );
begin
  if (v_count = 31 or p_schedule.is_either_day) and (cardinality(p_schedule.weekdays) = 7 or (p_schedule.is_either_day and v_count = 31)) then
    return '';
  end if;
  if v_count = 31 then
    return case when v_weekdays ~ '^\w+ to \w+$' then ', ' else ', on ' end || v_weekdays;
  end if;
  v_days := case
    when p_schedule.is_last_day then 'the last day of the month'
    when v_step > 1 then format(
      'every %s day from %s to %s of the month',
      case v_step when 2 then '2nd' when 3 then '3rd' else v_step || 'th' end, p_schedule.days[1], p_schedule.days[v_count]
    )
    else (
      select format(
        '%s %s of the month', case v_count when 1 then 'day' else 'days' end,
        engine.join_words(array_agg(case when r.low = r.high then r.low::text else r.low || ' to ' || r.high end order by r.low))
      )
      from engine.number_runs(p_schedule.days) as r
    )
  end;
  return ', on ' || concat_ws(
    case when p_schedule.is_either_day then ' or on ' else ' if that day is ' end,
    case when v_count > 0 or p_schedule.is_last_day then v_days end,
    case
      when p_schedule.is_either_day then v_weekdays
      when cardinality(p_schedule.weekdays) < 7 then replace(v_weekdays, ' and ', ' or ')
    end
  );
end
$$;
comment on function engine.describe_cron_days(engine.cron_schedule) is 'On which days a schedule runs, in words; empty when on all.';
revoke all on function engine.describe_cron_days(engine.cron_schedule) from public;
