-- Five fields. When both day fields are restricted, one of them is enough; a field that begins with a
-- star is not restricted, whatever follows the star.
create or replace function engine.parse_cron_fields(p_fields text[])
returns engine.cron_schedule
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_is_last_day boolean := p_fields[3] = '$';
  v_minute engine.cron_field := engine.parse_cron_field(p_fields[1], 'minute', 0, 59);
  v_hour engine.cron_field := engine.parse_cron_field(p_fields[2], 'hour', 0, 23);
  v_day engine.cron_field := case
    when v_is_last_day then row('{}', '[]')::engine.cron_field else engine.parse_cron_field(p_fields[3], 'day_of_month', 1, 31)
  end;
  v_month engine.cron_field := engine.parse_cron_field(
    p_fields[4], 'month', 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}'
  );
  v_weekday engine.cron_field := engine.parse_cron_field(
    p_fields[5], 'day_of_week', 0, 7, '{sun,mon,tue,wed,thu,fri,sat}'
  );
begin
  return row(
    v_minute.numbers, v_hour.numbers, v_day.numbers, v_month.numbers,
    array(select distinct n % 7 from unnest(v_weekday.numbers) as u (n) order by 1),
    v_is_last_day, left(p_fields[3], 1) <> '*' and left(p_fields[5], 1) <> '*', null, false,
    v_minute.issues || v_hour.issues || v_day.issues || v_month.issues || v_weekday.issues
  )::engine.cron_schedule;
end
$$;
comment on function engine.parse_cron_fields(text[]) is 'Five fields of a cron expression as a schedule.';
revoke all on function engine.parse_cron_fields(text[]) from public;
