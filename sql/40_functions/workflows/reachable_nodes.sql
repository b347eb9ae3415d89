-- Which nodes can be reached from some, walking each edge once. A walk goes step by step: that is
-- the reason for the loop. Sets can't do it in linear time, because a chain has as many frontiers as
-- nodes, and a recursive query that keeps paths explodes on diamonds. Nodes count from 0.
create or replace function engine.reachable_nodes(
  p_size integer,
  p_sources integer[],
  p_targets integer[],
  p_roots integer[]
)
returns boolean[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_first integer[] := array_fill(0, array[p_size], array[0]);
  v_next integer[] := array_fill(0, array[cardinality(p_sources)]);
  v_reached boolean[] := array_fill(false, array[p_size], array[0]);
  v_queue integer[] := array_fill(0, array[p_size]);
  v_head integer := 1;
  v_tail integer := 0;
  v_node integer;
  v_edge integer;
begin
  -- Each node's edges as a list: v_first leads to one, v_next from each to another.
  for v_edge in 1 .. cardinality(p_sources) loop
    v_node := p_sources[v_edge];
    v_next[v_edge] := v_first[v_node];
    v_first[v_node] := v_edge;
  end loop;
  foreach v_node in array p_roots loop
    if not v_reached[v_node] then
      v_reached[v_node] := true;
      v_tail := v_tail + 1;
      v_queue[v_tail] := v_node;
    end if;
  end loop;
  while v_head <= v_tail loop
    v_edge := v_first[v_queue[v_head]];
    v_head := v_head + 1;
    while v_edge > 0 loop
      v_node := p_targets[v_edge];
      if not v_reached[v_node] then
        v_reached[v_node] := true;
        v_tail := v_tail + 1;
        v_queue[v_tail] := v_node;
      end if;
      v_edge := v_next[v_edge];
    end loop;
  end loop;
  return v_reached;
end
$$;
comment on function engine.reachable_nodes(integer, integer[], integer[], integer[]) is
'For each node, from 0, whether it can be reached from the roots; swap sources and targets to walk backwards.';
revoke all on function engine.reachable_nodes(integer, integer[], integer[], integer[]) from public;
