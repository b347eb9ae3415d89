-- The first run after a moment. A schedule names wall-clock minutes; each is one instant (wall_instant),
-- and several that a gap swallows are the same one, so they make one run.
create or replace function engine.next_run(p_schedule engine.cron_schedule, p_timezone text, p_after timestamptz)
returns timestamptz
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
  v_wall timestamp;
  v_at timestamptz;
begin
  if p_schedule.every_seconds is not null then
    return p_after + make_interval(secs => p_schedule.every_seconds);
  elsif p_schedule.is_at_start or p_schedule.issues @> '[{"severity": "error"}]' or not isfinite(p_after) then
    return null;
  end if;
  v_wall := date_trunc('minute', p_after at time zone p_timezone);
  -- Ends at once, but when the clocks have just gone back: then the minutes that were shown before are
  -- passed over, at most as many as the overlap has.
  loop
    v_wall := engine.next_cron_wall_time(p_schedule, v_wall + interval '1 minute');
    v_at := engine.wall_instant(v_wall, p_timezone);
    exit when v_at > p_after or v_wall is null;
  end loop;
  return v_at;
end
$$;
comment on function engine.next_run(engine.cron_schedule, text, timestamptz) is
'The first run of a schedule after a moment; null when there is none.';
revoke all on function engine.next_run(engine.cron_schedule, text, timestamptz) from public;
