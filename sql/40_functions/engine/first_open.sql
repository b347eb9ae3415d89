-- The first moment that lies in the open hours, cut to the whole second: what is due now stays due now.
create or replace function engine.first_open(p_hours tstzmultirange, p_at timestamptz)
returns timestamptz
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return (
    select min(greatest(lower(r.hours), c.at))
    from (select date_trunc('second', p_at)) as c (at)
    cross join unnest(p_hours) as r (hours)
    where upper(r.hours) > c.at
  );
end
$$;
comment on function engine.first_open(tstzmultirange, timestamptz) is
'First whole second within the hours from a moment on; null when there is none.';
revoke all on function engine.first_open(tstzmultirange, timestamptz) from public;
