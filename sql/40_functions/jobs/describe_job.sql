-- A job as it is listed and shown.
create or replace function engine.describe_job(p_job engine.jobs)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_job.id, 'campaign', jsonb_build_object('id', c.id, 'name', c.name, 'status', c.status),
    'contact', jsonb_build_object('id', p.id, 'first_name', p.first_name, 'last_name', p.last_name),
    'enrollment_id', p_job.enrollment_id, 'phone', p_job.phone, 'channel', p_job.channel, 'node_id', p_job.node_id,
    'label', n.label, 'visit', p_job.visit, 'status', p_job.status, 'outcome', p_job.outcome,
    'reason_code', p_job.reason_code, 'priority', p_job.priority, 'run_at', p_job.run_at, 'due_at', p_job.due_at,
    'attempt_count', p_job.attempt_count, 'lease_owner', p_job.lease_owner, 'lease_expires_at', p_job.lease_expires_at,
    'provider_id', p_job.provider_id, 'dispatched_at', p_job.dispatched_at, 'check_at', p_job.check_at,
    'reply_deadline', p_job.reply_deadline, 'created_at', p_job.created_at, 'finished_at', p_job.finished_at
  )
  from public.campaigns as c
  left join public.contacts as p on c.team_id = p.team_id and p.id = p_job.contact_id
  left join public.workflow_nodes as n
    on c.team_id = n.team_id and n.workflow_id = p_job.workflow_id and n.id = p_job.node_id
  where c.team_id = p_job.team_id and c.id = p_job.campaign_id
$$;
comment on function engine.describe_job(engine.jobs) is
'{id, campaign{id, name, status}, contact{id, first_name, last_name}, enrollment_id, phone, channel, node_id, label, visit, status, …}.';
revoke all on function engine.describe_job(engine.jobs) from public;
