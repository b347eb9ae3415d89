-- The hot table and the history as one, for what explains, lists and counts. What moves contacts reads the
-- hot table: everything about an active enrollment is there. The two have the same columns; AM04 can't see that.
create view engine.all_gate_decisions with (security_invoker = true) as
select t.* from engine.gate_decisions as t -- noqa: AM04
union all
select h.* from engine.gate_decision_history as h;
comment on view engine.all_gate_decisions is 'Every row of engine.gate_decisions and of its history.';
