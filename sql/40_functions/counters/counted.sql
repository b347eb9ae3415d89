-- The counters of campaigns, added up over shards, in the form of engine.recount. READY jobs are those by due time;
-- where they don't sum to the READY jobs of their node, that is a row which no recount has.
create or replace function engine.counted(p_campaign_ids uuid[])
returns table (campaign_id uuid, node_id text, state text, outcome text, due_at timestamptz, amount bigint)
language sql
stable
set search_path = ''
as $$
  with asked as materialized (
    select k.team_id, k.id from public.campaigns as k where k.id = any(p_campaign_ids)
  ),

  counters as materialized (
    select c.campaign_id, c.node_id, c.state, c.outcome, sum(c.amount) as amount
    from asked as k
    inner join engine.counters as c on k.team_id = c.team_id and k.id = c.campaign_id
    group by 1, 2, 3, 4
  ),

  due as materialized (
    select d.campaign_id, d.node_id, case when d.due_at > engine.now() then d.due_at else '-infinity' end as due_at,
      sum(d.amount) as amount
    from asked as k
    inner join engine.due_counters as d on k.team_id = d.team_id and k.id = d.campaign_id
    group by 1, 2, 3
  )

  select c.campaign_id, c.node_id, c.state, c.outcome, '-infinity'::timestamptz, c.amount::bigint
  from counters as c
  where c.state <> 'READY' and c.amount <> 0
  union all
  select d.campaign_id, d.node_id, 'READY', '', d.due_at, d.amount::bigint
  from due as d
  where d.amount <> 0
  union all
  select r.campaign_id, r.node_id, 'READY', 'not all by due time', '-infinity', sum(r.amount)::bigint
  from (
    select c.campaign_id, c.node_id, c.amount from counters as c where c.state = 'READY'
    union all
    select d.campaign_id, d.node_id, -d.amount from due as d
  ) as r
  group by 1, 2
  having sum(r.amount) <> 0
$$;
comment on function engine.counted(uuid[]) is 'The counters of campaigns in the form of engine.recount.';
revoke all on function engine.counted(uuid[]) from public;
