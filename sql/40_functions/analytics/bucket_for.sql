-- The bucket that shows a range in some hundred points.
create or replace function engine.bucket_for(p_range interval)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when p_range <= interval '6 hours' then 'minute'
    when p_range <= interval '2 days' then 'quarter_hour'
    when p_range <= interval '14 days' then 'hour'
    when p_range <= interval '370 days' then 'day'
    when p_range <= interval '1830 days' then 'week'
    else 'month'
  end
$$;
comment on function engine.bucket_for(interval) is 'Bucket for a range of time: minute, quarter_hour, hour, day, week or month.';
revoke all on function engine.bucket_for(interval) from public;
