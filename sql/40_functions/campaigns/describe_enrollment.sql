-- One contact in a campaign: who, how far, what came last and what is next.
create or replace function engine.describe_enrollment(p_enrollment engine.enrollments)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_enrollment.id, 'contact_id', p_enrollment.contact_id, 'phone', p_enrollment.phone,
    'first_name', p.first_name, 'last_name', p.last_name, 'status', p_enrollment.status,
    'reason_code', p_enrollment.reason_code, 'reached_at', p_enrollment.reached_at, 'booked_at', p_enrollment.booked_at,
    'booked_node_id', p_enrollment.booked_node_id, 'booking', p_enrollment.booking,
    'retries_left', p_enrollment.retries_left, 'retry_count', p_enrollment.retry_count,
    'enrolled_at', p_enrollment.enrolled_at, 'ended_at', p_enrollment.ended_at,
    'last_job', case when v.id is not null then jsonb_build_object(
      'id', v.id, 'node_id', v.node_id, 'label', n.label, 'channel', v.channel, 'visit', v.visit, 'status', v.status,
      'outcome', v.outcome, 'reason_code', v.reason_code, 'attempt_count', (
        -- by the ledger: the job knows only of those that were answered and left it open
        select count(*) from engine.all_attempts as a where a.team_id = v.team_id and a.job_id = v.id
      ),
      'dispatched_at', v.dispatched_at, 'finished_at', v.finished_at
    ) end,
    'next_due_at', case when v.status = 'READY' then v.run_at end
  )
  from public.contacts as p
  left join lateral (
    select j.* from engine.all_jobs as j
    where j.team_id = p_enrollment.team_id and j.enrollment_id = p_enrollment.id
    order by j.created_at desc, j.id desc
    limit 1
  ) as v on true
  left join public.workflow_nodes as n
    on v.team_id = n.team_id and v.workflow_id = n.workflow_id and v.node_id = n.id
  where p.team_id = p_enrollment.team_id and p.id = p_enrollment.contact_id
$$;
comment on function engine.describe_enrollment(engine.enrollments) is
'An enrollment with its contact, its last job and when the next is due.';
revoke all on function engine.describe_enrollment(engine.enrollments) from public;
