-- The first wall-clock minute at or after one that a schedule names, in a world whose clocks never change.
create or replace function engine.next_cron_wall_time(p_schedule engine.cron_schedule, p_from timestamp)
returns timestamp
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_day date := engine.next_cron_day(p_schedule, p_from::date);
  v_hour integer;
  v_minute integer := p_schedule.minutes[1];
  v_later integer;
begin
  if v_day is null or v_minute is null or p_schedule.hours[1] is null then
    return null;
  end if;
  if v_day = p_from::date then
    select min(n) into v_hour from unnest(p_schedule.hours) as u (n) where n >= extract(hour from p_from);
    if v_hour = extract(hour from p_from) then
      select min(n) into v_later from unnest(p_schedule.minutes) as u (n) where n >= extract(minute from p_from);
      if v_later is null then
        select min(n) into v_hour from unnest(p_schedule.hours) as u (n) where n > extract(hour from p_from);
      else
        v_minute := v_later;
      end if;
    end if;
    if v_hour is null then
      v_day := engine.next_cron_day(p_schedule, v_day + 1);
    end if;
  end if;
  return v_day + make_interval(hours => coalesce(v_hour, p_schedule.hours[1]), mins => v_minute);
end
$$;
comment on function engine.next_cron_wall_time(engine.cron_schedule, timestamp) is
'The first wall-clock minute at or after a moment that a schedule names; null when there is none.';
revoke all on function engine.next_cron_wall_time(engine.cron_schedule, timestamp) from public;
