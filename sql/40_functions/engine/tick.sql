-- All that time alone changes, in one transaction: for a sandbox whose clock jumps, and for workers of 0.1.0, which know
-- no parts. pg_cron and workers call the parts, each in a transaction of its own, so that a long launch holds up nobody.
create or replace function engine.tick()
returns jsonb
language plpgsql
security definer -- cron and workers may write no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_work jsonb := engine.tick_work();
  v_launches jsonb := engine.tick_launches();
  v_upkeep jsonb := engine.tick_upkeep();
  v_failed jsonb := coalesce(v_work -> 'failed', '[]') || coalesce(v_launches -> 'failed', '[]') || coalesce(v_upkeep -> 'failed', '[]');
begin
  return v_work || v_launches || v_upkeep || case when v_failed = '[]' then '{}' else jsonb_build_object('failed', v_failed) end;
end
$$;
comment on function engine.tick() is 'Does what time alone changes, all of it, and returns what it did. Idempotent.';
revoke all on function engine.tick() from public;
grant execute on function engine.tick() to outbound_worker;
