-- One sweep of the barycentre method: row by row, each item moves to the mean place of those that lead
-- to it. Rows follow one another, because each is sorted by the one before: that is the reason for the
-- loop. Places are taken as shares of their row, so that an item that nothing leads to can stay where
-- it is; of equals the one that stood first stays first.
create or replace function engine.sweep_rows(
  p_rows integer[],
  p_places integer[],
  p_sources integer[],
  p_targets integer[],
  p_is_upwards boolean
)
returns integer[]
language plpgsql
immutable
parallel safe
set search_path = ''
set jit = off
as $$
declare
  v_places integer[] := p_places;
  v_sums double precision[] := array_fill(0::double precision, array[cardinality(p_rows)]);
  v_counts integer[] := array_fill(0, array[cardinality(p_rows)]);
  v_first integer[] := array_fill(0, array[cardinality(p_rows)]);
  v_next integer[] := array_fill(0, array[cardinality(p_sources)]);
  v_items integer[];
  v_size integer;
  v_item integer;
  v_line integer;
  v_target integer;
  v_share double precision;
  v_weights double precision[];
begin
  for v_line in 1 .. cardinality(p_sources) loop
    v_next[v_line] := v_first[p_sources[v_line]];
    v_first[p_sources[v_line]] := v_line;
  end loop;
  for v_items, v_size in
    select array_agg(r.item::integer order by r.place), count(*)::integer
    from unnest(p_rows, p_places) with ordinality as r (number, place, item)
    group by r.number
    order by case when p_is_upwards then -r.number else r.number end
  loop
    if v_size > 1 then
      v_weights := array_fill(0::double precision, array[v_size]);
      for v_at in 1 .. v_size loop
        v_item := v_items[v_at];
        v_weights[v_at] := case
          when v_counts[v_item] > 0 then v_sums[v_item] / v_counts[v_item] else (v_at - 0.5::double precision) / v_size end;
      end loop;
      v_items := array(
        select i.item from unnest(v_items, v_weights) with ordinality as i (item, weight, place)
        order by i.weight, i.place
      );
    end if;
    for v_at in 1 .. v_size loop
      v_item := v_items[v_at];
      v_places[v_item] := v_at;
      v_share := (v_at - 0.5::double precision) / v_size;
      v_line := v_first[v_item];
      while v_line > 0 loop
        v_target := p_targets[v_line];
        v_sums[v_target] := v_sums[v_target] + v_share;
        v_counts[v_target] := v_counts[v_target] + 1;
        v_line := v_next[v_line];
      end loop;
    end loop;
  end loop;
  return v_places;
end
$$;
comment on function engine.sweep_rows(integer[], integer[], integer[], integer[], boolean) is
'New places, from 1, in the same rows: each item as near as can be to the mean of those that lead to it. Upwards, give the '
'lines the other way round.';
revoke all on function engine.sweep_rows(integer[], integer[], integer[], integer[], boolean) from public;
