-- Hot tables and history as one, for what explains and lists; what moves contacts reads the hot tables.
create view engine.all_events with (security_invoker = true) as
select
  e.provider, e.event_key, e.team_id, e.attempt_id, e.provider_id, e.secret_name, e.type, e.payload,
  e.occurred_at, e.received_at, e.applied_at, e.result, e.sought_at
from engine.events as e
union all
select
  h.provider, h.event_key, h.team_id, h.attempt_id, h.provider_id, h.secret_name, h.type, h.payload,
  h.occurred_at, h.received_at, h.applied_at, h.result, h.sought_at
from engine.event_history as h;
comment on view engine.all_events is 'Every event, whether its enrollment is in the hot tables or in the history.';
