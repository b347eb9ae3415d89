-- A graph with its nodes placed anew. Everything else stays as it was sent.
create or replace function engine.arrange_graph(p_graph jsonb, p_nodes engine.graph_node[], p_is_downwards boolean)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
set enable_nestloop = off
set jit = off
as $$
begin
  return p_graph || jsonb_build_object('nodes', (
    select coalesce(jsonb_agg(
      n.element || jsonb_build_object('position', jsonb_build_object('x', p.x, 'y', p.y)) order by n.node_no
    ), '[]')
    from unnest(p_nodes) as n
    inner join engine.place_nodes(p_nodes, engine.graph_edges(p_graph, p_nodes, false), p_is_downwards) as p on n.node_no = p.node_no
  ));
end
$$;
comment on function engine.arrange_graph(jsonb, engine.graph_node[], boolean) is
'A graph whose nodes are objects, with the position of each set by engine.place_nodes.';
revoke all on function engine.arrange_graph(jsonb, engine.graph_node[], boolean) from public;
