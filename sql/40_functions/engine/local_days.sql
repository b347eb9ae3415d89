-- The local days that two moments span in a zone, one more on each side.
create or replace function engine.local_days(p_zone text, p_from timestamptz, p_until timestamptz)
returns setof date
language plpgsql
immutable
rows 20
set search_path = ''
as $$
begin
  return query
  select (p_from at time zone p_zone)::date + g.n
  from generate_series(
    -1, (p_until at time zone p_zone)::date - (p_from at time zone p_zone)::date + 1
  ) as g (n);
end
$$;
comment on function engine.local_days(text, timestamptz, timestamptz) is
'Dates in a zone from the day before one moment to the day after another.';
revoke all on function engine.local_days(text, timestamptz, timestamptz) from public;
