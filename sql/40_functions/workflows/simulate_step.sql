-- Where a simulated visit leads. An opt-out stops a journey before its edges are looked at, as it does
-- in engine.advance_enrollments.
create or replace function engine.simulate_step(p_ended engine.ended_visit)
returns engine.decision
language plpgsql
stable
set search_path = ''
as $$
declare
  v_step engine.decision;
begin
  if p_ended.outcome = 'opted_out' then
    return (1, false, null, null, null, 'OPTED_OUT', 'opted_out')::engine.decision;
  end if;
  select d.* into v_step from engine.decide_steps(array[p_ended]) as d;
  return v_step;
end
$$;
comment on function engine.simulate_step(engine.ended_visit) is 'The decision after one visit, opt-outs included.';
revoke all on function engine.simulate_step(engine.ended_visit) from public;
