-- Edges of one node against each other. What an edge matches is a set of outcomes, kept as bits, so
-- that a node's edges are compared by running unions and never in pairs: this stays linear however
-- many edges leave a node. Sets that have nothing in common add up to their union, so one sum tells
-- the nodes whose edges can be in each other's way.
create or replace function engine.edge_overlap_issues(p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
  return query
  with masked as materialized (
    select e.edge_no, e.source_no, e.priority, r.outcomes, r.settled
    from unnest(p_edges) as e
    inner join engine.rule_masks() as r on e.source_type = r.node_type and e.rule = r.rule
    where e.priority is not null and e.source_no is distinct from e.target_no
  ),

  ranked as materialized (
    select
      e.edge_no, e.source_no, e.priority, e.outcomes,
      -- What edges of the same priority match that come earlier in the graph, and what edges that are
      -- tried before match for good.
      bit_or(e.outcomes) over (
        partition by e.source_no, e.priority order by e.edge_no rows between unbounded preceding and 1 preceding
      ) as matched_beside,
      bit_or(e.settled) over (
        partition by e.source_no order by e.priority groups between unbounded preceding and 1 preceding
      ) as settled_before
    from masked as e
    where e.source_no in (
      select m.source_no from masked as m group by m.source_no having sum(m.outcomes) <> bit_or(m.outcomes)
    )
  ),

  conflicts as materialized (
    select r.edge_no, r.source_no, r.priority, r.outcomes & r.matched_beside as outcomes
    from ranked as r
    where r.outcomes & r.matched_beside <> 0
  ),

  firsts as (
    select r.source_no, r.priority, o.flag, min(r.edge_no) as first_no
    from ranked as r
    inner join engine.outcome_flags() as o on r.outcomes & o.flag <> 0
    where (r.source_no, r.priority) in (select c.source_no, c.priority from conflicts as c)
    group by r.source_no, r.priority, o.flag
  )

  select 'edge_priority_conflict', null::integer, c.edge_no, '.data.priority', null::text[], min(f.first_no), null::integer[]
  from conflicts as c
  inner join firsts as f on c.source_no = f.source_no and c.priority = f.priority and c.outcomes & f.flag <> 0
  group by c.edge_no
  union all
  select 'edge_never_taken', null, r.edge_no, '.data.priority', null, null, null
  from ranked as r
  where r.outcomes & ~r.settled_before = 0 and coalesce(r.outcomes & r.matched_beside, 0) = 0;
end
$$;
comment on function engine.edge_overlap_issues(engine.graph_edge[]) is
'Edges of one node that can both match with one priority, and edges that are never taken.';
revoke all on function engine.edge_overlap_issues(engine.graph_edge[]) from public;
