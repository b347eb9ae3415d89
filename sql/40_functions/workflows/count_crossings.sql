-- How often lines between neighbouring rows cross. Lines are looked at from left to right of where
-- they begin; each crosses those before it that end further right, which a Fenwick tree counts: the
-- one way that is not quadratic, and the reason for the loop.
create or replace function engine.count_crossings(
  p_rows integer[],
  p_places integer[],
  p_sources integer[],
  p_targets integer[]
)
returns bigint
language plpgsql
immutable
parallel safe
set search_path = ''
set jit = off
as $$
declare
  v_line record;
  v_row integer;
  v_width integer;
  v_drawn integer;
  v_tree integer[];
  v_at integer;
  v_count bigint := 0::bigint;
begin
  for v_line in
    select
      l.source_row, l.target_place,
      max(l.target_place) over (partition by l.source_row) as width
    from (
      select p_rows[e.source] as source_row, p_places[e.source] as source_place, p_places[e.target] as target_place
      from unnest(p_sources, p_targets) as e (source, target)
    ) as l
    order by l.source_row, l.source_place, l.target_place
  loop
    if v_line.source_row is distinct from v_row then
      v_row := v_line.source_row;
      v_width := v_line.width;
      v_tree := array_fill(0, array[v_width]);
      v_drawn := 0;
    end if;
    v_count := v_count + v_drawn;
    v_at := v_line.target_place;
    while v_at > 0 loop
      v_count := v_count - v_tree[v_at];
      v_at := v_at - (v_at & -v_at);
    end loop;
    v_at := v_line.target_place;
    while v_at <= v_width loop
      v_tree[v_at] := v_tree[v_at] + 1;
      v_at := v_at + (v_at & -v_at);
    end loop;
    v_drawn := v_drawn + 1;
  end loop;
  return v_count;
end
$$;
comment on function engine.count_crossings(integer[], integer[], integer[], integer[]) is
'The number of pairs of lines that cross; rows and places of the items count from 1, lines lead to the next row.';
revoke all on function engine.count_crossings(integer[], integer[], integer[], integer[]) from public;
