-- The places of due jobs in the batch that is open now are free again: they take them themselves, or
-- somebody who was due before. What was dealt in batches that are over is no matter any more. The caller
-- holds the node's pacing lock.
create or replace function engine.release_places(p_job_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_batch record;
begin
  select j.team_id, j.campaign_id, j.node_id, max(b.slot_at) as slot_at, count(*) as places into v_batch
  from unnest(p_job_ids) as a (id)
  inner join engine.jobs as j on a.id = j.id
  inner join public.workflow_nodes as n
    on j.team_id = n.team_id and j.workflow_id = n.workflow_id and j.node_id = n.id
  -- As engine.find_slots counts slots.
  cross join lateral (
    select date_bin(
      extract(epoch from (n.config -> 'batching' ->> 'interval')::interval) * interval '1 second', engine.now(), 'epoch'
    ) as slot_at
  ) as b
  where j.run_at >= b.slot_at
  group by 1, 2, 3;
  delete from engine.pacing as u
  where u.team_id = v_batch.team_id and u.campaign_id = v_batch.campaign_id and u.node_id = v_batch.node_id
    and u.slot_at = v_batch.slot_at and u.used <= v_batch.places;
  update engine.pacing as u
  set used = u.used - v_batch.places
  where u.team_id = v_batch.team_id and u.campaign_id = v_batch.campaign_id and u.node_id = v_batch.node_id
    and u.slot_at = v_batch.slot_at;
end
$$;
comment on function engine.release_places(uuid[]) is
'Frees what due jobs of a node have booked in the batch that is open now.';
revoke all on function engine.release_places(uuid[]) from public;
