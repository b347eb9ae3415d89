-- The dates of a weekday among the local days that two moments span in a zone, one more on each side.
create or replace function engine.local_days(p_zone text, p_from timestamptz, p_until timestamptz, p_weekday integer)
returns setof date
language plpgsql
immutable
rows 4
set search_path = ''
as $$
declare
  v_first constant date := (p_from at time zone p_zone)::date - 1;
begin
  return query
  select v_first + g.n
  from generate_series(
    (p_weekday - extract(isodow from v_first)::integer + 7) % 7,
    (p_until at time zone p_zone)::date - v_first + 1,
    7
  ) as g (n);
end
$$;
comment on function engine.local_days(text, timestamptz, timestamptz, integer) is
'Dates of an ISO weekday in a zone, from the day before one moment to the day after another.';
revoke all on function engine.local_days(text, timestamptz, timestamptz, integer) from public;
