-- The campaign that a retry enrolls into. One that has completed stays so, and another like it goes on;
-- one that somebody cancelled is not begun again behind their back. The caller holds the outreach.
create or replace function engine.reopen_outreach(p_outreach public.outreaches)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_campaign public.campaigns;
  v_blockers jsonb;
begin
  select c.* into v_campaign
  from public.campaigns as c
  where c.team_id = p_outreach.team_id and c.id = p_outreach.campaign_id
  for share;
  if v_campaign.status = 'CANCELLED' then
    perform engine.refuse(
      'OB002', 'The outreach was cancelled.',
      jsonb_build_object(
        'entity', 'campaign', 'id', v_campaign.id, 'from', v_campaign.status, 'to', 'ACTIVE', 'allowed', '[]'::jsonb
      ),
      'Launch another outreach.'
    );
  elsif v_campaign.status <> 'COMPLETED' then
    return v_campaign.id;
  end if;
  perform engine.hold_workflow(v_campaign.team_id, v_campaign.workflow_id);
  perform engine.hold_list(v_campaign.team_id, v_campaign.list_id);
  v_campaign.status := 'ACTIVE';
  v_blockers := engine.launch_blockers(v_campaign);
  if v_blockers <> '[]' then
    perform engine.refuse(
      'OB007', format('The outreach is not ready: %s', v_blockers -> 0 ->> 'message'),
      jsonb_build_object('blockers', v_blockers), 'Mend what the detail lists, then retry again.'
    );
  end if;
  insert into public.campaigns (team_id, kind, name, list_id, workflow_id, phone_number_id, status, started_at)
  values (
    v_campaign.team_id, 'outreach', left(v_campaign.name, 192) || ' (retry)', v_campaign.list_id,
    v_campaign.workflow_id, v_campaign.phone_number_id, 'ACTIVE', engine.now()
  )
  returning id into v_campaign.id;
  update public.outreaches as o
  set campaign_id = v_campaign.id
  where o.team_id = p_outreach.team_id and o.id = p_outreach.id;
  return v_campaign.id;
end
$$;
comment on function engine.reopen_outreach(public.outreaches) is
'The campaign that an outreach goes on in: its own, or another once that has completed. OB002 when it was cancelled, OB007.';
revoke all on function engine.reopen_outreach(public.outreaches) from public;
