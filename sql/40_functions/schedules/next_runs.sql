-- The next runs, one after the other.
create or replace function engine.next_runs(
  p_schedule engine.cron_schedule, p_timezone text, p_after timestamptz, p_count integer
)
returns setof timestamptz
language plpgsql
stable
parallel safe
rows 5
set search_path = ''
as $$
declare
  v_at timestamptz := p_after;
begin
  -- Each depends on the one before.
  for v_number in 1..p_count loop
    v_at := engine.next_run(p_schedule, p_timezone, v_at);
    exit when v_at is null;
    return next v_at;
  end loop;
end
$$;
comment on function engine.next_runs(engine.cron_schedule, text, timestamptz, integer) is 'The next runs of a schedule after a moment, in order.';
revoke all on function engine.next_runs(engine.cron_schedule, text, timestamptz, integer) from public;
