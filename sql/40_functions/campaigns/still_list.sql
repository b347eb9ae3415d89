-- Keeps members from being added to the list of a campaign that enrolls continuously until the end of the
-- transaction; false while somebody is adding some. Whoever added members before the campaign was launched,
-- or made continuous, did not enroll them, and a launch can't see them before that commits. Never waits, so
-- that it can't be part of a deadlock, and so that no lead waits behind a launch that waits for an import.
create or replace function engine.still_list(p_campaign public.campaigns)
returns boolean
language sql
volatile
set search_path = ''
as $$
  select case
    when p_campaign.is_continuous then pg_try_advisory_xact_lock(engine.list_lock(p_campaign.team_id, p_campaign.list_id))
    else true
  end
$$;
comment on function engine.still_list(public.campaigns) is
'Whether nobody is adding members to the list of a continuous campaign; if so, nobody does until the transaction ends.';
revoke all on function engine.still_list(public.campaigns) from public;
