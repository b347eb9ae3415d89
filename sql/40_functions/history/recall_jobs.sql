-- Brings back jobs; see engine.recall_enrollments. They are counted out of the history and in again.
create or replace function engine.recall_jobs(p_ended engine.ended_enrollment[])
returns void
language sql
volatile
set search_path = ''
as $$
  with recalled as (
    delete from engine.job_history as h
    using unnest(p_ended) as n
    where h.ended_at = n.ended_at and h.team_id = n.team_id and h.enrollment_id = n.enrollment_id
    returning h.*
  )

  insert into engine.jobs (
    team_id, id, channel, campaign_id, enrollment_id, workflow_id, node_id, visit, contact_id, phone,
    integration_id, status, priority, run_at, due_at, lease_owner, lease_expires_at, attempt_count,
    provider_id, dispatched_at, check_at, reply_deadline, outcome, reason_code, created_at, finished_at
  )
  select
    r.team_id, r.id, r.channel, r.campaign_id, r.enrollment_id, r.workflow_id, r.node_id, r.visit,
    r.contact_id, r.phone, r.integration_id, r.status, r.priority, r.run_at, r.due_at, r.lease_owner,
    r.lease_expires_at, r.attempt_count, r.provider_id, r.dispatched_at, r.check_at, r.reply_deadline,
    r.outcome, r.reason_code, r.created_at, r.finished_at
  from recalled as r
$$;
comment on function engine.recall_jobs(engine.ended_enrollment[]) is 'Brings the jobs of ended enrollments back from the history.';
revoke all on function engine.recall_jobs(engine.ended_enrollment[]) from public;
