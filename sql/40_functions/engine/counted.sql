-- The counters of campaigns, added up over shards, in the form of engine.recount.
create or replace function engine.counted(p_campaign_ids uuid[])
returns table (campaign_id uuid, node_id text, state text, outcome text, due_at timestamptz, amount bigint)
language sql
stable
set search_path = ''
as $$
  select
    c.campaign_id, c.node_id, c.state, c.outcome,
    case when c.due_at > engine.now() then c.due_at else '-infinity' end, sum(c.amount)::bigint
  from public.campaigns as k
  inner join engine.counters as c on k.team_id = c.team_id and k.id = c.campaign_id
  where k.id = any(p_campaign_ids)
  group by 1, 2, 3, 4, 5
  having sum(c.amount) <> 0
$$;
comment on function engine.counted(uuid[]) is 'The counters of campaigns in the form of engine.recount.';
revoke all on function engine.counted(uuid[]) from public;
