-- The beginning of everything that is done with a campaign: it is the caller's, the role allows it, nobody
-- else changes it until the end of the transaction, and its status allows it. A dry run locks nothing.
-- The role is checked before the lock is taken, so that who may only read can't make writers wait.
-- A pause keeps workers from beginning, and lets through who enrolls members: an import may take minutes, and
-- the gate holds back whom it enrolls. Everything else must see all who are enrolled, and waits for that.
create or replace function engine.take_campaign(p_campaign_id uuid, p_action text, p_dry_run boolean)
returns public.campaigns
language plpgsql
set search_path = ''
as $$
declare
  v_campaign public.campaigns := engine.require_campaign(p_campaign_id, 'operator');
  v_refusal text;
begin
  if not coalesce(p_dry_run, false) then
    if p_action = 'pause' then
      select c.* into v_campaign
      from public.campaigns as c
      where c.team_id = v_campaign.team_id and c.id = v_campaign.id
      for no key update;
    else
      select c.* into v_campaign
      from public.campaigns as c
      where c.team_id = v_campaign.team_id and c.id = v_campaign.id
      for update;
    end if;
    if v_campaign.id is null then
      perform engine.refuse_not_found('campaign', p_campaign_id);
    end if;
  end if;
  v_refusal := engine.action_refusal(v_campaign, p_action);
  if v_refusal is not null then
    perform engine.refuse(
      'OB002', v_refusal,
      jsonb_build_object(
        'entity', 'campaign', 'id', v_campaign.id, 'from', v_campaign.status, 'to', a.to_status, 'action', a.action,
        'allowed', engine.legal_steps('campaign', v_campaign.status::text)
      ),
      a.hint
    )
    from reference.campaign_actions as a
    where a.action = p_action;
  end if;
  return v_campaign;
end
$$;
comment on function engine.take_campaign(uuid, text, boolean) is
'The campaign that an operator is about to act on, locked unless it is a dry run: OB002, OB004, OB008.';
revoke all on function engine.take_campaign(uuid, text, boolean) from public;
