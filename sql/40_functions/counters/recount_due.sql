-- Counts READY jobs by due time anew, for a sandbox whose clock was set back: the tick has folded times that are to
-- come now. Nobody else changes jobs meanwhile.
create or replace function engine.recount_due()
returns void
language plpgsql
set search_path = ''
as $$
begin
  lock table engine.jobs in share row exclusive mode;
  delete from engine.due_counters;
  insert into engine.due_counters (team_id, campaign_id, due_at, node_id, shard, amount)
  select j.team_id, j.campaign_id, j.run_at, j.node_id, 0, count(*)
  from engine.jobs as j
  where j.status = 'READY'
  group by 1, 2, 3, 4;
end
$$;
comment on function engine.recount_due() is 'Counts READY jobs by due time anew, from the rows.';
revoke all on function engine.recount_due() from public;
