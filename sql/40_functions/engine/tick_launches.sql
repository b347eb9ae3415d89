-- The part of the tick that launches scheduled campaigns: a list of a million takes a minute, and its locks are kept as
-- long. In a transaction of its own nobody else's work waits for that.
create or replace function engine.tick_launches()
returns jsonb
language plpgsql
security definer -- cron and workers may write no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_done jsonb := engine.run_tick_steps(array['launch_scheduled_campaigns']);
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'campaigns_launched', v_done -> 'launch_scheduled_campaigns', 'failed', v_done -> 'failed'
  ));
end
$$;
comment on function engine.tick_launches() is 'Launches scheduled campaigns that are due; returns how many. Idempotent.';
revoke all on function engine.tick_launches() from public;
grant execute on function engine.tick_launches() to outbound_worker;
