-- Each failed journey goes on with a new visit of the node that it ended with, spread by the node's hours
-- and batches as every job, and with a whole budget; who waited for the place of a number that proved dead begins as at
-- the launch. In a campaign that was over, whoever is called about a job or an appointment waits until ServiceTitan has
-- been asked whether it was cancelled meanwhile (engine.queue_watches). What the history has of it comes back first. The
-- caller holds the campaign, so that nobody else reopens or enrolls; of what else happens to an enrollment that has ended,
-- a late booking is seen under its lock.
create or replace function engine.reopen_enrollments(
  p_campaign public.campaigns, p_reason_codes text[], p_enrollment_ids uuid[] default null
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  c_chunk constant integer := 10000;
  c_look constant interval := interval '5 minutes'; -- a look is queued within one, and takes seconds
  v_now constant timestamptz := engine.now();
  v_ids constant uuid[] := array(
    select v.enrollment_id from engine.failed_visits(p_campaign, p_reason_codes, p_enrollment_ids) as v order by v.enrollment_id
  );
  v_delay interval;
  v_jobs engine.new_job[];
begin
  select e.delay into v_delay from engine.campaign_entry(p_campaign.team_id, p_campaign.workflow_id) as e;
  -- In chunks, as enroll_members does; each sees what those before it opened.
  for v_from in 1..cardinality(v_ids) by c_chunk loop
    v_jobs := array(
      select (
        p_campaign.team_id, p_campaign.id, f.enrollment_id, f.contact_id, f.phone, p_campaign.workflow_id, f.node_id,
        f.visit + 1, p_campaign.priority,
        greatest(
          case when f.visit = 0 then engine.later(v_now, v_delay) else v_now end,
          (
            select v_now + c_look
            from engine.enrollment_work as b
            where p_campaign.status = 'COMPLETED' and b.team_id = p_campaign.team_id and b.enrollment_id = f.enrollment_id
            limit 1
          )
        )
      )::engine.new_job
      from engine.failed_visits(p_campaign, p_reason_codes, v_ids[v_from:v_from + c_chunk - 1]) as f
      order by f.enrollment_id
    );
    perform engine.recall_enrollments(
      array(select n.team_id from unnest(v_jobs) as n), array(select n.enrollment_id from unnest(v_jobs) as n)
    );
    with reopened as (
      update engine.enrollments as e
      set
        status = 'ACTIVE', reason_code = null, ended_at = null, retries_left = p_campaign.retry_budget,
        retry_count = e.retry_count + 1, reopened_at = v_now
      from unnest(v_jobs) as n
      where e.team_id = n.team_id and e.id = n.enrollment_id and e.status in ('FAILED', 'SUPPRESSED') and e.booked_at is null
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
'Opens enrollments again that failed or waited for their customer''s place, all or some, each with a new visit.';
revoke all on function engine.reopen_enrollments(public.campaigns, text[], uuid[]) from public;
