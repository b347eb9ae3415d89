-- Before something is tried again: of a campaign of an outreach nobody else decides meanwhile what the team's outreaches do.
-- Who enrolls in the campaign itself is kept away by the lock that a retry takes of it next. This one comes first, so
-- that the campaign's workers do not wait for a long launch of another outreach.
create or replace function engine.hold_places(p_team_id uuid, p_campaign_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform engine.lock_outreaches(r.team_id)
  from public.outreaches as r
  where r.team_id = p_team_id and r.campaign_id = p_campaign_id;
end
$$;
comment on function engine.hold_places(uuid, uuid) is
'Keeps launches of outreaches from taking customers whom a campaign of an outreach tries again. Taken before the campaign.';
revoke all on function engine.hold_places(uuid, uuid) from public;
