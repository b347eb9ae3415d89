-- The first whole second at or after a moment that lies in the open hours.
create or replace function engine.first_open(p_hours tstzmultirange, p_at timestamptz)
returns timestamptz
language sql
immutable
parallel safe
set search_path = ''
as $$
  select min(greatest(lower(r.hours), c.at))
  from (select date_trunc('second', p_at) + case
    when date_trunc('second', p_at) < p_at then interval '1 second' else interval '0' end) as c (at)
  cross join unnest(p_hours) as r (hours)
  where upper(r.hours) > c.at
$$;
comment on function engine.first_open(tstzmultirange, timestamptz) is
'First whole second at or after a moment within the hours; null when there is none.';
revoke all on function engine.first_open(tstzmultirange, timestamptz) from public;
