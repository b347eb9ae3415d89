-- What came of a hold: the customer is contacted, or listed with the reason why not. In a campaign that was cancelled
-- meanwhile nothing is tried again, so a hold that failed there keeps nobody from another outreach. The caller holds
-- the item, which a cancel waits for or has had.
create or replace function engine.end_hold(p_item public.outreach_items, p_outcome text, p_message text)
returns public.outreach_item_status
language plpgsql
set search_path = ''
as $$
declare
  v_lets_contact boolean := (select h.lets_contact from reference.hold_outcomes as h where h.code = p_outcome);
  v_failed constant public.outreach_item_status := case
    when exists (
      select from public.campaigns as c
      where c.team_id = p_item.team_id and c.id = p_item.campaign_id and c.status = 'CANCELLED'
    ) then 'CANCELLED'::public.outreach_item_status else 'HOLD_FAILED'
  end;
begin
  update public.outreach_items as i
  set
    hold_outcome = p_outcome, hold_message = left(nullif(btrim(p_message), ''), 2000), hold_ended_at = engine.now(),
    status = case when v_lets_contact then i.status else v_failed end
  where i.team_id = p_item.team_id and i.id = p_item.id;
  if v_lets_contact then
    return engine.enroll_item(p_item);
  end if;
  return v_failed;
end
$$;
comment on function engine.end_hold(public.outreach_items, text, text) is
'Stores the outcome of a hold and enrolls the contact if it lets; returns the status of the item.';
revoke all on function engine.end_hold(public.outreach_items, text, text) from public;
