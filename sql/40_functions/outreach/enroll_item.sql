-- The way of a customer whose appointment is taken care of: into the campaign, or out of the outreach when
-- the campaign has ended meanwhile. A paused campaign takes people in, and contacts nobody until it is
-- resumed. The caller holds the campaign and the item.
create or replace function engine.enroll_item(p_item public.outreach_items)
returns public.outreach_item_status
language plpgsql
set search_path = ''
as $$
declare
  v_campaign public.campaigns;
  v_is_open boolean;
begin
  select c.* into v_campaign
  from public.campaigns as c
  where c.team_id = p_item.team_id and c.id = p_item.campaign_id;
  v_is_open := v_campaign.status in ('ACTIVE', 'PAUSED');
  update public.outreach_items as i
  set
    status = case when v_is_open then 'ENROLLED' else 'CANCELLED' end::public.outreach_item_status,
    enrolled_at = case when v_is_open then engine.now() end
  where i.team_id = p_item.team_id and i.id = p_item.id;
  if v_is_open then
    perform engine.enroll_contacts(v_campaign, array[p_item.contact_id]);
    return 'ENROLLED'::public.outreach_item_status;
  end if;
  return 'CANCELLED'::public.outreach_item_status;
end
$$;
comment on function engine.enroll_item(public.outreach_items) is
'Enrolls the contact of an item, or cancels the item when its campaign has ended; returns the status.';
revoke all on function engine.enroll_item(public.outreach_items) from public;
