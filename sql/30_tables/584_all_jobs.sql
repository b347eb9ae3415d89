-- Hot tables and history as one, for what explains and lists; what moves contacts reads the hot tables.
create view engine.all_jobs with (security_invoker = true) as
select
  j.team_id, j.id, j.channel, j.campaign_id, j.enrollment_id, j.workflow_id, j.node_id, j.visit, j.contact_id,
  j.phone, j.integration_id, j.status, j.priority, j.run_at, j.due_at, j.lease_owner, j.lease_expires_at,
  j.attempt_count, j.provider_id, j.dispatched_at, j.check_at, j.reply_deadline, j.outcome, j.reason_code,
  j.created_at, j.finished_at
from engine.jobs as j
union all
select
  h.team_id, h.id, h.channel, h.campaign_id, h.enrollment_id, h.workflow_id, h.node_id, h.visit, h.contact_id,
  h.phone, h.integration_id, h.status, h.priority, h.run_at, h.due_at, h.lease_owner, h.lease_expires_at,
  h.attempt_count, h.provider_id, h.dispatched_at, h.check_at, h.reply_deadline, h.outcome, h.reason_code,
  h.created_at, h.finished_at
from engine.job_history as h;
comment on view engine.all_jobs is 'Every job, whether its enrollment is in the hot tables or in the history.';
