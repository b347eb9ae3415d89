-- The item of a hold that a worker has in hand, locked with the campaign that its contact goes to. Of a
-- worker that lost its task there is none: whoever has it now decides.
create or replace function engine.find_hold(p_worker text, p_task_id uuid)
returns public.outreach_items
language plpgsql
set search_path = ''
as $$
declare
  v_task engine.tasks;
  v_item public.outreach_items;
begin
  select t.* into v_task
  from engine.tasks as t
  where t.id = p_task_id and t.kind = 'hold' and t.status = 'CLAIMED' and t.lease_owner = p_worker
  for update;
  select i.* into v_item
  from public.outreach_items as i
  where i.team_id = v_task.team_id and i.id = v_task.subject_id;
  perform from public.campaigns as c
  where c.team_id = v_item.team_id and c.id = v_item.campaign_id
  for share;
  select i.* into v_item
  from public.outreach_items as i
  where i.team_id = v_item.team_id and i.id = v_item.id
  for update;
  return v_item;
end
$$;
comment on function engine.find_hold(text, uuid) is
'Locks and returns the item of a hold that the worker has claimed; null when it is not the worker''s.';
revoke all on function engine.find_hold(text, uuid) from public;
