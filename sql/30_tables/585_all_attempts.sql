-- Hot tables and history as one, for what explains and lists; what moves contacts reads the hot tables.
create view engine.all_attempts with (security_invoker = true) as
select
  a.team_id, a.id, a.job_id, a.attempt_number, a.provider, a.status, a.worker, a.request, a.begun_at,
  a.provider_id, a.code, a.message, a.resolved_at
from engine.attempts as a
union all
select
  h.team_id, h.id, h.job_id, h.attempt_number, h.provider, h.status, h.worker, h.request, h.begun_at,
  h.provider_id, h.code, h.message, h.resolved_at
from engine.attempt_history as h;
comment on view engine.all_attempts is 'Every attempt, whether its enrollment is in the hot tables or in the history.';
