-- Nobody else gives the places of a campaign's customers away until the end of the transaction. The caller has the campaign
-- (engine.take_campaign), which keeps away who enrolls in it; what other outreaches have is for a launch to change.
create or replace function engine.hold_places(p_campaign public.campaigns)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform engine.lock_outreaches(r.team_id)
  from public.outreaches as r
  where r.team_id = p_campaign.team_id and r.campaign_id = p_campaign.id;
end
$$;
comment on function engine.hold_places(public.campaigns) is
'Keeps launches of outreaches from taking customers whom a campaign of an outreach tries again. Taken after the campaign.';
revoke all on function engine.hold_places(public.campaigns) from public;
