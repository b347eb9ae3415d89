-- The graph as a graph: every node reachable, no cycle, and no path that peters out. Edges that lead
-- nowhere or to themselves have their own issues and are left out. A walk costs more than a look at
-- all edges at once, so each walk runs only where such a look can't rule the problem out.
create or replace function engine.structure_issues(p_nodes engine.graph_node[], p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_size integer := cardinality(p_nodes);
  v_sources integer[];
  v_targets integer[];
  v_triggers integer[];
  v_is_acyclic boolean;
begin
  select coalesce(array_agg(e.source_no), '{}'), coalesce(array_agg(e.target_no), '{}')
  into v_sources, v_targets
  from unnest(p_edges) as e
  where e.source_no <> e.target_no;
  v_triggers := array(select n.node_no from unnest(p_nodes) as n where n.type = 'trigger');
  v_is_acyclic := cardinality(engine.topological_order(v_size, v_sources, v_targets)) = v_size;

  -- Without a trigger nothing could be reached, which the missing trigger says already. Without a
  -- cycle, whoever goes back from node to node ends at one that nothing enters: when only triggers
  -- are entered by nothing, all the others are reached.
  if v_triggers <> '{}' and not (
    v_is_acyclic and (select count(*) from (select distinct e.node_no from unnest(v_triggers || v_targets) as e (node_no)) as d) = v_size
  ) then
    return query
    select 'node_unreachable', (r.place - 1)::integer, null::integer, '', null::text[], null::integer, null::integer[]
    from unnest(engine.reachable_nodes(v_size, v_sources, v_targets, v_triggers)) with ordinality as r (is_reached, place)
    where not r.is_reached;
  end if;

  if not v_is_acyclic then
    return query
    select 'graph_cycle', min(c.node_no)::integer, null::integer, '', null::text[], null::integer,
      array_agg(c.node_no order by c.node_no)
    from (
      select u.cycle, (u.place - 1)::integer as node_no
      from unnest(engine.graph_cycles(v_size, v_sources, v_targets)) with ordinality as u (cycle, place)
    ) as c
    where c.cycle is not null
    group by c.cycle;
  end if;

  return query select d.* from engine.dead_end_issues(p_nodes, p_edges, v_sources, v_targets) as d;
end
$$;
comment on function engine.structure_issues(engine.graph_node[], engine.graph_edge[]) is
'Problems of a graph''s shape: reachability, cycles, dead ends.';
revoke all on function engine.structure_issues(engine.graph_node[], engine.graph_edge[]) from public;
