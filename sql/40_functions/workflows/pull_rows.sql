-- Moves the items of each row next to those that lead to them, keeping their order and their distance.
-- Rows follow one another, because each is placed by the one before: that is the reason for the loop.
-- What nothing leads to would rather stay where it is.
create or replace function engine.pull_rows(
  p_rows integer[],
  p_places integer[],
  p_sizes double precision[], -- of each item, distance to the next one included
  p_centres double precision[],
  p_sources integer[],
  p_targets integer[],
  p_is_upwards boolean
)
returns double precision[]
language plpgsql
immutable
parallel safe
set search_path = ''
set jit = off
as $$
declare
  v_centres double precision[] := p_centres;
  v_sums double precision[] := array_fill(0::double precision, array[cardinality(p_rows)]);
  v_counts integer[] := array_fill(0, array[cardinality(p_rows)]);
  v_first integer[] := array_fill(0, array[cardinality(p_rows)]);
  v_next integer[] := array_fill(0, array[cardinality(p_sources)]);
  v_items integer[];
  v_sizes double precision[];
  v_wants double precision[];
  v_item integer;
  v_line integer;
  v_target integer;
begin
  for v_line in 1 .. cardinality(p_sources) loop
    v_next[v_line] := v_first[p_sources[v_line]];
    v_first[p_sources[v_line]] := v_line;
  end loop;
  for v_items, v_sizes in
    select array_agg(r.item::integer order by r.place), array_agg(r.size order by r.place)
    from unnest(p_rows, p_places, p_sizes) with ordinality as r (number, place, size, item)
    group by r.number
    order by case when p_is_upwards then -r.number else r.number end
  loop
    v_wants := array_fill(0::double precision, array[cardinality(v_items)]);
    for v_at in 1 .. cardinality(v_items) loop
      v_item := v_items[v_at];
      v_wants[v_at] := case
        when v_counts[v_item] > 0 then v_sums[v_item] / v_counts[v_item] else v_centres[v_item] end;
    end loop;
    if cardinality(v_items) > 1 then
      v_wants := engine.spread_out(v_wants, v_sizes);
    end if;
    for v_at in 1 .. cardinality(v_items) loop
      v_item := v_items[v_at];
      v_centres[v_item] := v_wants[v_at];
      v_line := v_first[v_item];
      while v_line > 0 loop
        v_target := p_targets[v_line];
        v_sums[v_target] := v_sums[v_target] + v_wants[v_at];
        v_counts[v_target] := v_counts[v_target] + 1;
        v_line := v_next[v_line];
      end loop;
    end loop;
  end loop;
  return v_centres;
end
$$;
comment on function engine.pull_rows(
  integer[], integer[], double precision[], double precision[], integer[], integer[], boolean
) is
'New centres along the rows: each item as near as can be to the mean of those that lead to it, without overlapping. Upwards, '
'give the lines the other way round.';
revoke all on function engine.pull_rows(
  integer[], integer[], double precision[], double precision[], integer[], integer[], boolean
) from public;
