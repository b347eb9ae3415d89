-- A node's business hours between two moments as instants: its windows in every zone that the contact may be in,
-- in the team's or in a named one. A window that the spring gap would turn backwards comes out empty.
create or replace function engine.business_hours(
  p_business_hours jsonb, p_team_timezone text, p_timezones text[], p_from timestamptz, p_until timestamptz
)
returns tstzmultirange
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce((
    with windows as materialized (
      select d.weekday::integer, (b.value ->> 'start')::time as starts_at, (b.value ->> 'end')::time as ends_at
      from unnest(array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])
      with ordinality as d (name, weekday)
      cross join jsonb_array_elements(coalesce(p_business_hours -> 'windows' -> d.name, '[]')) as b (value)
      where (b.value ->> 'start')::time < (b.value ->> 'end')::time
    )

    select range_intersect_agg(b.hours)
    from (
      select z.zone, range_agg(tstzrange(
        least((d.day + w.starts_at) at time zone z.zone, (d.day + w.ends_at) at time zone z.zone),
        (d.day + w.ends_at) at time zone z.zone
      )) as hours
      from unnest(case coalesce(p_business_hours ->> 'timezone', 'contact')
        when 'contact' then p_timezones
        when 'team' then array[p_team_timezone]
        else array[p_business_hours ->> 'timezone']
      end) as z (zone)
      cross join windows as w
      cross join engine.local_days(z.zone, p_from, p_until, w.weekday) as d (day)
      group by z.zone
    ) as b
  ), '{}');
end
$$;
comment on function engine.business_hours(jsonb, text, text[], timestamptz, timestamptz) is
'Instants between two moments at which a node''s business hours are open in every zone of a contact.';
revoke all on function engine.business_hours(jsonb, text, text[], timestamptz, timestamptz) from public;
