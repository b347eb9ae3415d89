-- CREATED or SCHEDULED to ACTIVE: the campaign starts and its list is enrolled, in one transaction.
-- The caller has locked the campaign, holds its workflow, and found no blockers.
create or replace function engine.activate_campaign(p_team_id uuid, p_campaign_id uuid)
returns integer
language plpgsql
set search_path = ''
as $$
begin
  update public.campaigns as c
  set status = 'ACTIVE', started_at = engine.now(), updated_at = engine.now()
  where c.team_id = p_team_id and c.id = p_campaign_id;
  return engine.enroll_members(p_team_id, p_campaign_id);
end
$$;
comment on function engine.activate_campaign(uuid, uuid) is 'Starts a campaign and enrolls its list; returns how many were enrolled.';
revoke all on function engine.activate_campaign(uuid, uuid) from public;
