-- Where everything stands across the drawing: rows begin packed around one line and are then pulled
-- towards each other, forth and back. Bends are what has no breadth of its own, and need little room.
create or replace function engine.settle_rows(
  p_rows integer[],
  p_places integer[],
  p_breadths double precision[],
  p_sources integer[],
  p_targets integer[]
)
returns double precision[]
language plpgsql
immutable
parallel safe
set search_path = ''
set jit = off
as $$
declare
  v_sizes double precision[] := array(
    select coalesce(p_breadths[i.item] + 60, 20) from generate_series(1, cardinality(p_rows)) as i (item) order by i.item
  );
  v_centres double precision[] := array(
    select
      sum(i.size) over (partition by i.number order by i.place)
      - (i.size + sum(i.size) over (partition by i.number)) / 2
    from unnest(p_rows, p_places, v_sizes) with ordinality as i (number, place, size, item)
    order by i.item
  );
begin
  for v_round in 1 .. 2 loop
    v_centres := engine.pull_rows(p_rows, p_places, v_sizes, v_centres, p_sources, p_targets, false);
    v_centres := engine.pull_rows(p_rows, p_places, v_sizes, v_centres, p_targets, p_sources, true);
  end loop;
  return v_centres;
end
$$;
comment on function engine.settle_rows(integer[], integer[], double precision[], integer[], integer[]) is
'The centre of each item across the drawing, neighbours at least 60 apart. Breadths are those of the nodes; the items that '
'follow them are bends.';
revoke all on function engine.settle_rows(integer[], integer[], double precision[], integer[], integer[]) from public;
