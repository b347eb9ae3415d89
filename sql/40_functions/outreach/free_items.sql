-- Cancels the items of a cancelled outreach whose customers were not reached, so that another launch can
-- have them. What a worker has asked ServiceTitan for is taken up again at once, to be told.
create or replace function engine.free_items(p_campaign public.campaigns)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_freed integer;
begin
  update public.outreach_items as i
  set status = 'CANCELLED', enrolled_at = null
  from engine.items_to_free(p_campaign) as f (id)
  where i.team_id = p_campaign.team_id and i.id = f.id;
  get diagnostics v_freed = row_count;
  -- A task that somebody has locked is being claimed: its worker is told that nothing is to be done.
  update engine.tasks as t
  set
    status = case when i.status = 'CANCELLED' then 'DONE' else t.status end,
    finished_at = case when i.status = 'CANCELLED' then engine.now() end,
    run_at = case when i.status = 'CANCELLED' then t.run_at else engine.now() end
  from public.outreach_items as i
  where i.team_id = p_campaign.team_id and i.campaign_id = p_campaign.id and i.status in ('CANCELLED', 'HOLDING')
    and t.team_id = i.team_id and t.subject_id = i.id and t.id in (
      select k.id
      from engine.tasks as k
      where k.team_id = p_campaign.team_id and k.kind = 'hold' and k.status = 'READY'
      for update skip locked
    );
  return v_freed;
end
$$;
comment on function engine.free_items(public.campaigns) is
'Cancels the items whose customers were not reached, with the holds that nobody has begun; returns how many.';
revoke all on function engine.free_items(public.campaigns) from public;
