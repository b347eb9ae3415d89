-- Which item stands where in its row: of all orders that are tried the one with the fewest crossings, so
-- that a drawing is never worse than either of the orders that it begins with. Most graphs have an
-- order without any; where there is none, more than a few sweeps gain little.
create or replace function engine.order_rows(
  p_rows integer[],
  p_sources integer[],
  p_targets integer[],
  p_first_order integer[],
  p_second_order integer[]
)
returns integer[]
language plpgsql
immutable
parallel safe
set search_path = ''
set jit = off
as $$
declare
  v_places integer[];
  v_best integer[];
  v_crossings bigint;
  v_fewest bigint;
  v_sweeps integer := case when cardinality(p_rows) + cardinality(p_sources) <= 4000 then 12 else 4 end;
begin
  v_best := array(
    select row_number() over (partition by r.number order by r.wish, r.item)::integer
    from unnest(p_rows, p_first_order) with ordinality as r (number, wish, item)
    order by r.item
  );
  v_fewest := engine.count_crossings(p_rows, v_best, p_sources, p_targets);
  if v_fewest = 0 then
    return v_best;
  end if;
  v_places := array(
    select row_number() over (partition by r.number order by r.wish, r.item)::integer
    from unnest(p_rows, p_second_order) with ordinality as r (number, wish, item)
    order by r.item
  );
  v_crossings := engine.count_crossings(p_rows, v_places, p_sources, p_targets);
  if v_crossings < v_fewest then
    v_best := v_places;
    v_fewest := v_crossings;
  end if;
  v_places := v_best;
  for v_sweep in 1 .. v_sweeps loop
    exit when v_fewest = 0;
    if v_sweep % 2 = 1 then
      v_places := engine.sweep_rows(p_rows, v_places, p_sources, p_targets, false);
    else
      v_places := engine.sweep_rows(p_rows, v_places, p_targets, p_sources, true);
    end if;
    v_crossings := engine.count_crossings(p_rows, v_places, p_sources, p_targets);
    if v_crossings < v_fewest then
      v_best := v_places;
      v_fewest := v_crossings;
    end if;
  end loop;
  return v_best;
end
$$;
comment on function engine.order_rows(integer[], integer[], integer[], integer[], integer[]) is
'For each item, from 1, its place in its row, from 1, such that few lines cross; lines lead to the next row. The '
'two orders are where it begins.';
revoke all on function engine.order_rows(integer[], integer[], integer[], integer[], integer[]) from public;
