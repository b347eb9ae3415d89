-- The graph as a graph: one trigger, nothing into it and something out of it, every node reachable,
-- no cycle, and no path that peters out. Edges that lead nowhere or to themselves have their own
-- issues and are left out.
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
  v_ends integer[];
begin
  select coalesce(array_agg(e.source_no), '{}'), coalesce(array_agg(e.target_no), '{}')
  into v_sources, v_targets
  from unnest(p_edges) as e
  where e.source_no <> e.target_no;
  select coalesce(array_agg(n.node_no order by n.node_no) filter (where n.type = 'trigger'), '{}')
  into v_triggers
  from unnest(p_nodes) as n;

  return query select t.* from engine.trigger_issues(p_nodes, p_edges) as t;

  -- Without a trigger nothing could be reached, which the missing trigger says already.
  if v_triggers <> '{}' then
    return query
    select 'node_unreachable', (r.place - 1)::integer, null::integer, '', null::text[], null::integer, null::integer[]
    from unnest(engine.reachable_nodes(v_size, v_sources, v_targets, v_triggers)) with ordinality as r (is_reached, place)
    where not r.is_reached;
  end if;

  if cardinality(engine.topological_order(v_size, v_sources, v_targets)) < v_size then
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

  -- Backwards from every text and from every node with an edge on a booking.
  select coalesce(array_agg(d.node_no), '{}') into v_ends
  from (
    select n.node_no from unnest(p_nodes) as n where n.type = 'text' or n.type is null
    union
    select e.source_no from unnest(p_edges) as e where e.rule = 'booked' and e.source_no is not null
  ) as d;
  return query
  select 'dead_end', n.node_no, null::integer, '', null::text[], null::integer, null::integer[]
  from unnest(engine.reachable_nodes(v_size, v_targets, v_sources, v_ends)) with ordinality as r (is_reached, place)
  inner join unnest(p_nodes) as n on r.place - 1 = n.node_no
  where not r.is_reached and n.type = 'call';
end
$$;
comment on function engine.structure_issues(engine.graph_node[], engine.graph_edge[]) is
'Problems of a graph''s shape: triggers, reachability, cycles, dead ends.';
revoke all on function engine.structure_issues(engine.graph_node[], engine.graph_edge[]) from public;
