-- Kahn's peeling: nodes that nothing enters are taken away until there are none left. What can't be
-- taken away is in a cycle or behind one. The loop has the reason of engine.reachable_nodes.
create or replace function engine.topological_order(p_size integer, p_sources integer[], p_targets integer[])
returns integer[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_first integer[] := array_fill(0, array[p_size], array[0]);
  v_next integer[] := array_fill(0, array[cardinality(p_sources)]);
  v_entering integer[] := array_fill(0, array[p_size], array[0]);
  v_order integer[] := array_fill(0, array[p_size]);
  v_head integer := 1;
  v_tail integer := 0;
  v_node integer;
  v_edge integer;
begin
  for v_edge in 1 .. cardinality(p_sources) loop
    v_node := p_sources[v_edge];
    v_next[v_edge] := v_first[v_node];
    v_first[v_node] := v_edge;
    v_node := p_targets[v_edge];
    v_entering[v_node] := v_entering[v_node] + 1;
  end loop;
  for v_node in 0 .. p_size - 1 loop
    if v_entering[v_node] = 0 then
      v_tail := v_tail + 1;
      v_order[v_tail] := v_node;
    end if;
  end loop;
  while v_head <= v_tail loop
    v_edge := v_first[v_order[v_head]];
    v_head := v_head + 1;
    while v_edge > 0 loop
      v_node := p_targets[v_edge];
      v_entering[v_node] := v_entering[v_node] - 1;
      if v_entering[v_node] = 0 then
        v_tail := v_tail + 1;
        v_order[v_tail] := v_node;
      end if;
      v_edge := v_next[v_edge];
    end loop;
  end loop;
  return v_order[1:v_tail];
end
$$;
comment on function engine.topological_order(integer, integer[], integer[]) is
'The nodes, from 0, each after all that lead to it; those in cycles and behind them are left out.';
revoke all on function engine.topological_order(integer, integer[], integer[]) from public;
