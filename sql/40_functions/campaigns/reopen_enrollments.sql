-- Each failed journey goes on with a new visit of the node that it ended with, spread by the node's hours
-- and batches as every job, and with a whole budget. What the
-- history has of it comes back first. The caller holds the campaign, so that nobody else
-- reopens; of what else happens to an enrollment that has ended, a late booking is seen under its lock.
create or replace function engine.reopen_enrollments(
  p_campaign public.campaigns, p_reason_codes text[], p_enrollment_ids uuid[] default null
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  c_chunk constant integer := 10000;
  v_jobs engine.new_job[];
begin
  -- In chunks, as enroll_members does: what was reopened has not failed any more.
  loop
    select array_agg((
      p_campaign.team_id, p_campaign.id, f.enrollment_id, f.contact_id, f.phone, p_campaign.workflow_id, f.node_id,
      f.visit + 1, p_campaign.priority, engine.now()
    )::engine.new_job order by f.enrollment_id) into v_jobs
    from (
      select v.* from engine.failed_visits(p_campaign, p_reason_codes, p_enrollment_ids) as v
      order by v.enrollment_id
      limit c_chunk
    ) as f;
    exit when v_jobs is null;
    perform engine.recall_enrollments(
      array(select n.team_id from unnest(v_jobs) as n), array(select n.enrollment_id from unnest(v_jobs) as n)
    );
    with reopened as (
      update engine.enrollments as e
      set
        status = 'ACTIVE', reason_code = null, ended_at = null, retries_left = p_campaign.retry_budget,
        retry_count = e.retry_count + 1, reopened_at = engine.now()
      from unnest(v_jobs) as n
      where e.team_id = n.team_id and e.id = n.enrollment_id and e.status = 'FAILED' and e.booked_at is null
      returning e.id
    )

    select coalesce(array_agg(n order by n.enrollment_id), '{}') into v_jobs
    from unnest(v_jobs) as n
    inner join reopened as r on n.enrollment_id = r.id;
    perform engine.create_jobs(v_jobs);
  end loop;
end
$$;
comment on function engine.reopen_enrollments(public.campaigns, text[], uuid[]) is
'Opens failed enrollments again, all or some, each with a new visit of the node that failed.';
revoke all on function engine.reopen_enrollments(public.campaigns, text[], uuid[]) from public;
