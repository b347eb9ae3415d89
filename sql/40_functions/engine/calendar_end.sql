-- How far a calendar must reach for a set of jobs to fit in: three weeks, so that a weekday that is
-- closed twice is found, and six times the batches, because doors may be open a few hours a day only.
create or replace function engine.calendar_end(p_latest timestamptz, p_batches numeric, p_interval interval)
returns timestamptz
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
  return p_latest + interval '21 days' + coalesce(p_batches::double precision * p_interval * 6, interval '0');
end
$$;
comment on function engine.calendar_end(timestamptz, numeric, interval) is
'Until when open hours are worked out for jobs of which the last is due at p_latest, in so many batches of an interval.';
revoke all on function engine.calendar_end(timestamptz, numeric, interval) from public;
