-- Why somebody is not enrolled in a campaign: a code of reference.reasons.
create or replace function engine.absence_reason(p_campaign public.campaigns, p_contact_id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when i.status = 'HOLDING' then 'hold_pending'
    when i.status = 'HOLD_FAILED' then 'hold_failed'
    when i.status = 'CANCELLED' then 'hold_cancelled'
    when m.contact_id is null then 'not_a_member'
    when p_campaign.status = 'CREATED' then 'campaign_not_launched'
    when p_campaign.status = 'SCHEDULED' then 'campaign_scheduled'
    when p_campaign.started_at is null then 'campaign_never_ran'
    when p_campaign.kind = 'outreach' then 'left_out_of_outreach'
    else 'joined_too_late'
  end
  from (select p_contact_id as contact_id) as k
  left join public.audience_members as m
    on m.team_id = p_campaign.team_id and m.list_id = p_campaign.list_id and m.contact_id = k.contact_id
  left join lateral (
    select i.status
    from public.outreach_items as i
    where i.team_id = p_campaign.team_id and i.campaign_id = p_campaign.id and i.contact_id = k.contact_id
    order by i.id desc
    limit 1
  ) as i on true
$$;
comment on function engine.absence_reason(public.campaigns, uuid) is 'Why a contact is not enrolled, as a code of reference.reasons.';
revoke all on function engine.absence_reason(public.campaigns, uuid) from public;
