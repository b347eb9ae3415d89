-- How many steps each node is from where its part of the graph begins, on the longest way. Edges come
-- sorted by where they begin, and lead from lower to higher numbers only: when one is looked at, the
-- layer of its source is final.
create or replace function engine.layer_numbers(p_size integer, p_sources integer[], p_targets integer[])
returns integer[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_layers integer[] := array_fill(0, array[p_size]);
  v_target integer;
begin
  for v_edge in 1 .. cardinality(p_sources) loop
    v_target := p_targets[v_edge];
    v_layers[v_target] := greatest(v_layers[v_target], v_layers[p_sources[v_edge]] + 1);
  end loop;
  return v_layers;
end
$$;
comment on function engine.layer_numbers(integer, integer[], integer[]) is
'For each node, from 1, its layer, from 0; edges lead from lower to higher numbers, in the order of their sources.';
revoke all on function engine.layer_numbers(integer, integer[], integer[]) from public;
