-- A schedule as a sentence. It is made from the sets, so two spellings of one schedule read alike.
create or replace function engine.describe_cron_words(p_schedule engine.cron_schedule)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_times text;
  v_days text;
  v_months text := engine.name_runs(
    p_schedule.months, '{January,February,March,April,May,June,July,August,September,October,November,December}'
  );
begin
  if p_schedule.every_seconds is not null then
    return case p_schedule.every_seconds when 1 then 'Every second' else format('Every %s seconds', p_schedule.every_seconds) end;
  elsif p_schedule.is_at_start then
    return 'When the server starts';
  elsif engine.next_cron_wall_time(p_schedule, '2000-01-01') is null then
    return 'Never';
  end if;
  v_times := engine.describe_cron_times(p_schedule.minutes, p_schedule.hours);
  v_days := engine.describe_cron_days(p_schedule);
  return v_times
    || case when v_days = '' and v_times like 'At __:__%' then ' every day' else v_days end
    || case
      when cardinality(p_schedule.months) = 12 then ''
      when v_months ~ '^\w+ to \w+$' then ', ' || v_months
      else ', in ' || v_months
    end;
end
$$;
comment on function engine.describe_cron_words(engine.cron_schedule) is 'A schedule in English, such as "At 08:30, Monday to Friday".';
revoke all on function engine.describe_cron_words(engine.cron_schedule) from public;
