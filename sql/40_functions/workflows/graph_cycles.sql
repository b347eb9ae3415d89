-- Which nodes lead back to themselves, and which of them belong together: Tarjan's strongly connected
-- components, walking each edge once. Runs only where peeling left nodes over. The loop has the
-- reason of engine.reachable_nodes; the path is kept by hand, because a deep graph would exhaust the
-- stack of a function that calls itself.
create or replace function engine.graph_cycles(p_size integer, p_sources integer[], p_targets integer[])
returns integer[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_rest integer[] := array_fill(0, array[p_size], array[0]); -- the next edge to walk from each node
  v_next integer[] := array_fill(0, array[cardinality(p_sources)]);
  v_index integer[] := array_fill(0, array[p_size], array[0]); -- when a node was first seen, from 1
  v_low integer[] := array_fill(0, array[p_size], array[0]); -- the earliest node on the stack it leads to
  v_cycle integer[] := array_fill(null::integer, array[p_size], array[0]);
  v_on_stack boolean[] := array_fill(false, array[p_size], array[0]);
  v_stack integer[] := array_fill(0, array[p_size]);
  v_path integer[] := array_fill(0, array[p_size]);
  v_height integer := 0;
  v_depth integer;
  v_count integer := 0;
  v_node integer;
  v_other integer;
  v_edge integer;
begin
  for v_edge in 1 .. cardinality(p_sources) loop
    v_next[v_edge] := v_rest[p_sources[v_edge]];
    v_rest[p_sources[v_edge]] := v_edge;
  end loop;
  for v_root in 0 .. p_size - 1 loop
    continue when v_index[v_root] > 0;
    v_depth := 1;
    v_path[1] := v_root;
    while v_depth > 0 loop
      v_node := v_path[v_depth];
      if v_index[v_node] = 0 then
        v_count := v_count + 1;
        v_index[v_node] := v_count;
        v_low[v_node] := v_count;
        v_height := v_height + 1;
        v_stack[v_height] := v_node;
        v_on_stack[v_node] := true;
      end if;
      v_edge := v_rest[v_node];
      if v_edge > 0 then
        v_rest[v_node] := v_next[v_edge];
        v_other := p_targets[v_edge];
        if v_index[v_other] = 0 then
          v_depth := v_depth + 1;
          v_path[v_depth] := v_other;
        elsif v_on_stack[v_other] then
          v_low[v_node] := least(v_low[v_node], v_index[v_other]);
        end if;
        continue;
      end if;
      if v_low[v_node] = v_index[v_node] then
        -- What lies on the stack from here up belongs together; a node on its own is no cycle.
        v_other := case when v_stack[v_height] = v_node then null else v_node end;
        loop
          v_cycle[v_stack[v_height]] := v_other;
          v_on_stack[v_stack[v_height]] := false;
          v_height := v_height - 1;
          exit when v_stack[v_height + 1] = v_node;
        end loop;
      end if;
      v_depth := v_depth - 1;
      if v_depth > 0 then
        v_low[v_path[v_depth]] := least(v_low[v_path[v_depth]], v_low[v_node]);
      end if;
    end loop;
  end loop;
  return v_cycle;
end
$$;
comment on function engine.graph_cycles(integer, integer[], integer[]) is
'For each node, from 0, one node of the cycles that it is in, the same for all that can reach each other; null for the rest.';
revoke all on function engine.graph_cycles(integer, integer[], integer[]) from public;
