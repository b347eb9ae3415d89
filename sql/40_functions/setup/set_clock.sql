-- Sets the sandbox's clock. It never runs backwards: what happened stays in the past. What time alone
-- changes is done at once, as in a real day of which no minute is skipped.
create or replace function engine.set_clock(p_at timestamptz, p_rate double precision default 1)
returns timestamptz
language plpgsql
security definer -- writes the deployment row
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_environment text;
  v_goes_back boolean;
begin
  perform pg_advisory_xact_lock(engine.clock_lock()); -- before any other lock: whoever holds the clock waits for none of ours
  select environment, clock_at is null and p_at < engine.now() into v_environment, v_goes_back
  from engine.deployment
  for update;
  if v_environment <> 'sandbox' then
    perform engine.refuse(
      'OB002',
      'The clock of a production database cannot be set.',
      jsonb_build_object(
        'entity', 'deployment', 'id', null, 'from', v_environment, 'to', 'clock_set', 'allowed', '[]'::jsonb
      ),
      'Only a sandbox has a clock that can be set.'
    );
  end if;
  update engine.deployment
  set
    clock_at = greatest(p_at, case when clock_at is null then p_at else engine.now() end),
    clock_set_at = statement_timestamp(),
    clock_rate = coalesce(p_rate, 1);
  if v_goes_back then
    -- The first time only, from the real time: what had come may be to come.
    perform engine.recount_due();
  end if;
  perform engine.tick();
  -- Time has jumped: every worker looks again, whatever it waits for.
  perform pg_notify('outbound_jobs', '');
  return engine.now();
end
$$;
comment on function engine.set_clock(timestamptz, double precision) is
'Sets the sandbox''s clock and its rate (0 freezes it, 1 is real time); once set it never goes back. OB002 in production.';
revoke all on function engine.set_clock(timestamptz, double precision) from public;
grant execute on function engine.set_clock(timestamptz, double precision) to outbound_worker;
