-- The order in which a drawing goes through a graph: every node before those that it leads to, except
-- over the edges that close a cycle, which the drawing turns round. Depth first from the roots, each
-- node set down from the end once all behind it are: what belongs together stays together, so that a
-- tree is drawn without crossings. The loop has the reason of engine.reachable_nodes, the path that
-- of engine.graph_cycles.
create or replace function engine.drawing_order(
  p_size integer,
  p_sources integer[],
  p_targets integer[],
  p_roots integer[]
)
returns integer[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_rest integer[] := array_fill(0, array[p_size], array[0]); -- the next edge to walk from each node
  v_next integer[] := array_fill(0, array[cardinality(p_sources)]);
  v_seen boolean[] := array_fill(false, array[p_size], array[0]);
  v_path integer[] := array_fill(0, array[p_size]);
  v_order integer[] := array_fill(0, array[p_size]);
  v_depth integer;
  v_left integer := p_size;
  v_root integer;
  v_node integer;
  v_edge integer;
begin
  -- Backwards, so that the first edge of a node is walked first.
  for v_edge in reverse cardinality(p_sources) .. 1 loop
    v_next[v_edge] := v_rest[p_sources[v_edge]];
    v_rest[p_sources[v_edge]] := v_edge;
  end loop;
  for v_try in 1 .. cardinality(p_roots) + p_size loop
    v_root := coalesce(p_roots[v_try], v_try - cardinality(p_roots) - 1);
    continue when v_seen[v_root];
    v_seen[v_root] := true;
    v_depth := 1;
    v_path[1] := v_root;
    while v_depth > 0 loop
      v_node := v_path[v_depth];
      v_edge := v_rest[v_node];
      if v_edge = 0 then
        v_order[v_left] := v_node;
        v_left := v_left - 1;
        v_depth := v_depth - 1;
        continue;
      end if;
      v_rest[v_node] := v_next[v_edge];
      v_node := p_targets[v_edge];
      if not v_seen[v_node] then
        v_seen[v_node] := true;
        v_depth := v_depth + 1;
        v_path[v_depth] := v_node;
      end if;
    end loop;
  end loop;
  return v_order;
end
$$;
comment on function engine.drawing_order(integer, integer[], integer[], integer[]) is
'All nodes, from 0, each before those that it leads to; only edges that close a cycle, walked from the roots, go back.';
revoke all on function engine.drawing_order(integer, integer[], integer[], integer[]) from public;
