-- Where the parts of a graph that don't hang together are drawn: side by side along the direction of
-- the drawing while there is room, then below. Each place follows from the one before, which is the
-- reason for the loop.
create or replace function engine.pack_parts(
  p_lengths double precision[],
  p_breadths double precision[],
  p_gap double precision,
  out p_along double precision[],
  out p_across double precision[]
)
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_room double precision;
  v_along double precision := 0::double precision;
  v_across double precision := 0::double precision;
  v_deepest double precision := 0::double precision;
begin
  -- As long as the longest part, or about square when they are many small ones.
  select greatest(max(t.length), sqrt(sum((t.length + p_gap) * (t.breadth + p_gap)))) into v_room
  from unnest(p_lengths, p_breadths) as t (length, breadth);
  p_along := array_fill(0::double precision, array[cardinality(p_lengths)]);
  p_across := p_along;
  for v_part in 1 .. cardinality(p_lengths) loop
    if v_along > 0 and v_along + p_lengths[v_part] > v_room then
      v_along := 0::double precision;
      v_across := v_across + v_deepest + p_gap;
      v_deepest := 0::double precision;
    end if;
    p_along[v_part] := v_along;
    p_across[v_part] := v_across;
    v_along := v_along + p_lengths[v_part] + p_gap;
    v_deepest := greatest(v_deepest, p_breadths[v_part]);
  end loop;
end
$$;
comment on function engine.pack_parts(double precision[], double precision[], double precision) is
'Where each part begins, along and across the direction of the drawing, so that none touches another.';
revoke all on function engine.pack_parts(double precision[], double precision[], double precision) from public;
