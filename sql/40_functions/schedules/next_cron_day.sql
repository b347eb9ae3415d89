-- The first day that a schedule runs on. Months that do not match are skipped, and 41 years are looked
-- at: a day that comes at all, like a 29 February on a Sunday around a year without one, comes by then.
create or replace function engine.next_cron_day(p_schedule engine.cron_schedule, p_from date)
returns date
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_month date := date_trunc('month', p_from::timestamp)::date;
  v_end date := p_from + 41 * 366;
  v_day date;
begin
  -- Month by month, because the first hit is nearly always in the first two.
  while v_month <= v_end loop
    if extract(month from v_month)::integer = any(p_schedule.months) then
      select min(c.day) into v_day
      from (
        select
          d.day,
          extract(day from d.day)::integer = any(p_schedule.days)
          or (p_schedule.is_last_day and extract(day from d.day + 1) = 1) as is_day,
          extract(dow from d.day)::integer = any(p_schedule.weekdays) as is_weekday
        from (
          select v_month + g.n as day
          from generate_series(0, (v_month + interval '1 month')::date - v_month - 1) as g (n)
        ) as d
        where d.day >= p_from
      ) as c
      where case when p_schedule.is_either_day then c.is_day or c.is_weekday else c.is_day and c.is_weekday end;
      if v_day is not null then
        return v_day;
      end if;
    end if;
    v_month := (v_month + interval '1 month')::date;
  end loop;
  return null;
end
$$;
comment on function engine.next_cron_day(engine.cron_schedule, date) is 'The first matching day from a day on; null when there is none.';
revoke all on function engine.next_cron_day(engine.cron_schedule, date) from public;
