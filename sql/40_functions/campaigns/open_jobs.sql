-- The open jobs of a campaign. In two parts, each by the index that holds just those.
create or replace function engine.open_jobs(p_campaign public.campaigns)
returns setof uuid
language sql
stable
set search_path = ''
as $$
  select j.id
  from engine.jobs as j
  where j.team_id = p_campaign.team_id and j.campaign_id = p_campaign.id and j.status = 'READY'
  union all
  select j.id
  from engine.jobs as j
  where j.team_id = p_campaign.team_id and j.campaign_id = p_campaign.id
    and j.status in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
$$;
comment on function engine.open_jobs(public.campaigns) is 'Ids of the open jobs of a campaign.';
revoke all on function engine.open_jobs(public.campaigns) from public;
