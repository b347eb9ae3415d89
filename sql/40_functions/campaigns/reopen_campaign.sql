-- A campaign in which something is tried again. One that was over runs again, if nothing stands in the
-- way; the rising count is what makes that step legal. Nobody looked meanwhile what ServiceTitan cancelled, so the next
-- tick does. The caller has taken it for a retry.
create or replace function engine.reopen_campaign(p_campaign public.campaigns)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_campaign.status = 'COMPLETED' then
    perform engine.hold_workflow(p_campaign.team_id, p_campaign.workflow_id);
    perform engine.hold_list(p_campaign.team_id, p_campaign.list_id);
    perform engine.refuse_blockers(engine.running_blockers(p_campaign), 'The campaign');
    update engine.servicetitan_watches as w set queued_at = null where w.team_id = p_campaign.team_id;
  end if;
  update public.campaigns as c
  set
    status = case when c.status = 'COMPLETED' then 'ACTIVE' else c.status end, ended_at = null,
    retry_count = c.retry_count + 1, updated_at = engine.now()
  where c.team_id = p_campaign.team_id and c.id = p_campaign.id;
end
$$;
comment on function engine.reopen_campaign(public.campaigns) is
'Counts a retry in a campaign, and makes it ACTIVE again when it was COMPLETED. OB007.';
revoke all on function engine.reopen_campaign(public.campaigns) from public;
