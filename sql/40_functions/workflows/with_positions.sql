-- What a program wrote, or a person by hand, has no positions: without any, all nodes would lie on top
-- of each other. As soon as one has a position, somebody has drawn it, and is not interfered with.
create or replace function engine.with_positions(p_graph jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  if jsonb_path_exists(p_graph, '$.nodes[*].position ? (@ != null)') then
    return p_graph;
  end if;
  return engine.arrange_graph(p_graph, engine.graph_nodes(p_graph), false);
end
$$;
comment on function engine.with_positions(jsonb) is
'A validated graph, arranged from left to right when none of its nodes has a position; else as it is.';
revoke all on function engine.with_positions(jsonb) from public;
