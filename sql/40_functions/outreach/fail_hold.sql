-- A hold whose task was given up. What is no outcome of a hold (a worker that died again and again) leaves
-- the appointment unknown: the next try reads it.
create or replace function engine.fail_hold(p_team_id uuid, p_item_id uuid, p_code text, p_message text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_item public.outreach_items;
begin
  select i.* into v_item
  from public.outreach_items as i
  where i.team_id = p_team_id and i.id = p_item_id and i.status = 'HOLDING'
  for update;
  if v_item.id is not null then
    perform engine.end_hold(
      v_item,
      coalesce((select h.code from reference.hold_outcomes as h where h.code = p_code and not h.lets_contact), 'unknown'),
      p_message
    );
  end if;
end
$$;
comment on function engine.fail_hold(uuid, uuid, text, text) is 'Fails the item of a hold whose task failed.';
revoke all on function engine.fail_hold(uuid, uuid, text, text) from public;
