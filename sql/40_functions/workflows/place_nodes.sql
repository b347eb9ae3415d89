-- A layered drawing of a graph, after Sugiyama: cycles are opened, each node gets a layer, long edges
-- get bends, the order in each layer is chosen so that few lines cross, and at last everything gets
-- its place. Parts that don't hang together are drawn apart.
--
-- Nodes are numbered anew, from 1, in the order in which the drawing goes through the graph: lines lead
-- from lower to higher numbers. A row is one layer of one part.
create or replace function engine.place_nodes(
  p_nodes engine.graph_node[],
  p_edges engine.graph_edge[],
  p_is_downwards boolean
)
returns table (node_no integer, x double precision, y double precision)
language plpgsql
immutable
parallel safe
set search_path = ''
-- Joins between arrays, whose length the planner can't know: only hashes keep them linear.
set enable_nestloop = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_size integer := cardinality(p_nodes);
  v_sources integer[];
  v_targets integer[];
  v_order integer[];
  v_layers integer[];
  v_parts integer[];
  v_items record;
  v_rows integer[];
  v_places integer[];
  v_breadths double precision[];
begin
  if v_size = 0 then
    return;
  end if;
  select coalesce(array_agg(e.source_no order by e.edge_no), '{}'), coalesce(array_agg(e.target_no order by e.edge_no), '{}')
  into v_sources, v_targets
  from unnest(p_edges) as e
  where e.source_no <> e.target_no;
  -- From the trigger, then from what nothing leads to; what is left is behind a cycle that nothing enters.
  v_order := engine.drawing_order(v_size, v_sources, v_targets, array(
    select n.node_no
    from unnest(p_nodes) as n
    left join (select distinct t.node_no from unnest(v_targets) as t (node_no)) as t on n.node_no = t.node_no
    where n.type = 'trigger' or t.node_no is null
    order by n.type is distinct from 'trigger', n.node_no
  ));

  select
    coalesce(array_agg(l.source order by l.source, l.target), '{}'),
    coalesce(array_agg(l.target order by l.source, l.target), '{}')
  into v_sources, v_targets
  from (
    select distinct least(s.number, t.number)::integer as source, greatest(s.number, t.number)::integer as target
    from unnest(v_sources, v_targets) as e (source_no, target_no)
    inner join unnest(v_order) with ordinality as s (node_no, number) on e.source_no = s.node_no
    inner join unnest(v_order) with ordinality as t (node_no, number) on e.target_no = t.node_no
  ) as l;
  v_layers := engine.layer_numbers(v_size, v_sources, v_targets);
  v_parts := engine.part_numbers(p_nodes, v_order, v_sources, v_targets);
  select b.* into v_items from engine.bend_lines(v_layers, v_sources, v_targets) as b;

  v_rows := array(
    select dense_rank() over (order by v_parts[i.owner], i.layer)::integer
    from unnest(v_items.p_item_layers, v_items.p_item_owners) with ordinality as i (layer, owner, item)
    order by i.item
  );
  -- Walked depth first, what comes first is set down last: backwards it stands in front. The other
  -- order to begin with is the one of the graph as it was sent.
  v_places := engine.order_rows(
    v_rows, v_items.p_short_sources, v_items.p_short_targets,
    array(select -o.owner from unnest(v_items.p_item_owners) with ordinality as o (owner, item) order by o.item),
    array(select v_order[o.owner] from unnest(v_items.p_item_owners) with ordinality as o (owner, item) order by o.item)
  );
  v_breadths := engine.node_sides(p_nodes, v_order, case when p_is_downwards then 'width' else 'height' end);
  return query
  select c.*
  from engine.canvas_places(
    v_order, v_parts, v_layers,
    engine.node_sides(p_nodes, v_order, case when p_is_downwards then 'height' else 'width' end), v_breadths,
    engine.settle_rows(v_rows, v_places, v_breadths, v_items.p_short_sources, v_items.p_short_targets), p_is_downwards
  ) as c;
end
$$;
comment on function engine.place_nodes(engine.graph_node[], engine.graph_edge[], boolean) is
'The upper left corner of each node, such that none overlap and edges lead to the right, or down; edges that close a cycle, '
'lead nowhere or to themselves don''t count.';
revoke all on function engine.place_nodes(engine.graph_node[], engine.graph_edge[], boolean) from public;
