-- Whether nothing is open in a campaign: nobody under way, no job, and of an outreach no appointment that
-- somebody is about to hold.
create or replace function engine.is_campaign_over(p_team_id uuid, p_campaign_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
  select not exists (
    select from engine.enrollments as e
    where e.team_id = p_team_id and e.campaign_id = p_campaign_id and e.status = 'ACTIVE'
  ) and not exists (
    select from engine.jobs as j
    where j.campaign_id = p_campaign_id and j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
  ) and not exists (
    select from public.outreach_items as i
    where i.team_id = p_team_id and i.campaign_id = p_campaign_id and i.status = 'HOLDING'
  )
$$;
comment on function engine.is_campaign_over(uuid, uuid) is 'Whether a campaign has nothing open.';
revoke all on function engine.is_campaign_over(uuid, uuid) from public;
