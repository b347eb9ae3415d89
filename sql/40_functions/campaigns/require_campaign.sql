-- A campaign of the caller's teams, for a role.
create or replace function engine.require_campaign(p_campaign_id uuid, p_needs public.team_role)
returns public.campaigns
language plpgsql
stable
set search_path = ''
as $$
declare
  v_campaign public.campaigns;
begin
  select * into v_campaign from public.campaigns as c
  where c.team_id = any(engine.caller_team_ids()) and c.id = p_campaign_id;
  perform engine.require_row(v_campaign.team_id, 'campaign', p_campaign_id, p_needs);
  return v_campaign;
end
$$;
comment on function engine.require_campaign(uuid, public.team_role) is 'The campaign, when the caller may: OB004 or OB008 otherwise.';
revoke all on function engine.require_campaign(uuid, public.team_role) from public;
