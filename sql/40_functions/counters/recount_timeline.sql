-- Every moment of a campaign that the timeline counts, from the rows, wherever they are; what retention has dropped
-- is not there any more, and stays in the timeline. For tests, the nightly check and operators.
create or replace function engine.recount_timeline(p_campaign_id uuid)
returns table (phase text, at timestamptz)
language sql
stable
set search_path = ''
as $$
  select 'enrolled', e.enrolled_at from engine.enrollments as e where e.campaign_id = p_campaign_id
  union all
  select 'booked', e.booked_at from engine.enrollments as e where e.campaign_id = p_campaign_id and e.booked_at is not null
  union all
  select lower(e.status::text), e.ended_at
  from engine.enrollments as e
  where e.campaign_id = p_campaign_id and e.status in ('OPTED_OUT', 'FAILED', 'COMPLETED')
  union all
  select case j.channel when 'call' then 'dialled' else 'sent' end, j.dispatched_at
  from engine.all_jobs as j
  where j.campaign_id = p_campaign_id and j.dispatched_at is not null
  union all
  select 'delivered', j.delivered_at from engine.all_jobs as j where j.campaign_id = p_campaign_id and j.delivered_at is not null
  union all
  select 'answered', j.finished_at
  from engine.all_jobs as j
  where j.campaign_id = p_campaign_id and j.channel = 'call' and j.status = 'DONE'
    and j.outcome in ('answered', 'booked', 'opted_out')
  union all
  select 'replied', j.finished_at
  from engine.all_jobs as j
  where j.campaign_id = p_campaign_id and j.channel = 'text' and j.status = 'DONE' and j.outcome in ('replied', 'opted_in')
$$;
comment on function engine.recount_timeline(uuid) is
'Phases of a campaign with their moments, from the rows: what engine.timeline and engine.timeline_changes must add up to.';
revoke all on function engine.recount_timeline(uuid) from public;
