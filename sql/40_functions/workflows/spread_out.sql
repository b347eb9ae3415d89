-- Places along a line for things that stand in a fixed order and may not overlap, as near as can be to
-- where each wants to be, in the sense of least squares: neighbours that would overlap are pooled and
-- move as one. A pool grows by what comes next, which is the reason for the loop.
create or replace function engine.spread_out(p_wants double precision[], p_sizes double precision[])
returns double precision[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_size integer := cardinality(p_wants);
  v_shifts double precision[] := array_fill(0::double precision, array[v_size]); -- centres when all stand close, from 0
  v_sums double precision[] := v_shifts; -- of each pool: where it wants to begin, times its members
  v_members integer[] := array_fill(0, array[v_size]);
  v_pools integer := 0;
  v_shift double precision := 0::double precision;
  v_at integer := 0;
  v_centres double precision[] := v_shifts;
begin
  for v_thing in 1 .. v_size loop
    v_shifts[v_thing] := v_shift + p_sizes[v_thing] / 2;
    v_shift := v_shift + p_sizes[v_thing];
    v_pools := v_pools + 1;
    v_members[v_pools] := 1;
    v_sums[v_pools] := p_wants[v_thing] - v_shifts[v_thing];
    while v_pools > 1 and v_sums[v_pools - 1] / v_members[v_pools - 1] > v_sums[v_pools] / v_members[v_pools] loop
      v_pools := v_pools - 1;
      v_members[v_pools] := v_members[v_pools] + v_members[v_pools + 1];
      v_sums[v_pools] := v_sums[v_pools] + v_sums[v_pools + 1];
    end loop;
  end loop;
  for v_pool in 1 .. v_pools loop
    for v_member in 1 .. v_members[v_pool] loop
      v_at := v_at + 1;
      v_centres[v_at] := v_sums[v_pool] / v_members[v_pool] + v_shifts[v_at];
    end loop;
  end loop;
  return v_centres;
end
$$;
comment on function engine.spread_out(double precision[], double precision[]) is
'Centres of things of these sizes, in this order, without overlap, as near as can be to where they want to be.';
revoke all on function engine.spread_out(double precision[], double precision[]) from public;
