-- The hot table and the history as one, for what explains, lists and counts. What moves contacts reads the
-- hot table: everything about an active enrollment is there. The two have the same columns; AM04 can't see that.
create view engine.all_events with (security_invoker = true) as
select t.* from engine.events as t -- noqa: AM04
union all
select h.* from engine.event_history as h;
comment on view engine.all_events is 'Every row of engine.events and of its history.';
