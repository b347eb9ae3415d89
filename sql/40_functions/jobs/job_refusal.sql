-- Whether an operator may retry or cancel a job: the one place that knows, for the RPCs and for what
-- get_job says is allowed. What has failed is tried again only where the journey ended with it.
create or replace function engine.job_refusal(p_job engine.jobs, p_action text)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when p_action = 'cancel' and p_job.status in ('READY', 'CLAIMED') then case
      when engine.has_live_attempt(p_job.team_id, p_job.id) then 'Its request may be out already; what has begun finishes and is counted.'
    end
    when p_action = 'cancel' and p_job.finished_at is null then 'A provider may have it; what has begun finishes and is counted.'
    when p_action = 'cancel' then format('It is over already: %s.', p_job.status)
    when p_job.status = 'READY' then case
      when p_job.run_at <= engine.now() then 'It is due already.'
      when p_job.due_at > engine.now() then 'It waits for its time, not for another try.'
    end
    when p_job.finished_at is null then 'It is under way.'
    when p_job.status <> 'FAILED' then format('It has not failed: %s.', p_job.status)
    when not exists (
      select from engine.enrollments as e
      where e.team_id = p_job.team_id and e.id = p_job.enrollment_id and e.status = 'FAILED'
    ) then 'Its journey did not end with it.'
    when exists (
      select from engine.enrollments as e
      where e.team_id = p_job.team_id and e.id = p_job.enrollment_id and e.booked_at is not null
    ) then 'The person has booked since.'
    when exists (
      select from public.campaigns as c
      cross join lateral engine.passed_over(c, array[p_job.enrollment_id]) as o (id)
      where c.team_id = p_job.team_id and c.id = p_job.campaign_id
    ) then 'Another number of the customer has the place since, or gets it with a retry of what failed.'
    when exists (
      select from engine.all_jobs as j
      where j.team_id = p_job.team_id and j.enrollment_id = p_job.enrollment_id and (j.created_at, j.id) > (p_job.created_at, p_job.id)
    ) then 'A later job of its journey failed.'
  end
$$;
comment on function engine.job_refusal(engine.jobs, text) is 'Why an action (retry, cancel) is not open to a job, as a sentence; null when it is.';
revoke all on function engine.job_refusal(engine.jobs, text) from public;
