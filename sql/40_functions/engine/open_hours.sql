-- When a person may be reached at a node: the node's business hours and the legal hours, in every
-- zone and under every region's rules that may apply. Intersecting ranges of real instants keeps the
-- days right on which the clocks change.
create or replace function engine.open_hours(
  p_channel public.contact_channel,
  p_business_hours jsonb,
  p_team_timezone text,
  p_timezones text[],
  p_regions text[],
  p_from timestamptz,
  p_until timestamptz
)
returns tstzmultirange
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    -- A name that this server does not know is no zone at all, and the count below fails closed.
    with zones as materialized (
      select z.zone
      from unnest(p_timezones) as z (zone)
      where exists (select from reference.timezones as k where k.timezone = z.zone)
    ),

    legal as (
      select z.zone, r.region, range_agg(tstzrange(
        (d.day + w.starts_at) at time zone z.zone, (d.day + w.ends_at) at time zone z.zone
      )) as hours
      from zones as z
      cross join unnest(case when cardinality(p_regions) = 0 then array[''] else p_regions end) as r (region)
      cross join engine.local_days(z.zone, p_from, p_until) as d (day)
      cross join engine.legal_window(p_channel, r.region, d.day) as w
      where w.starts_at is not null
      group by z.zone, r.region
    ),

    business as (
      select z.zone, range_agg(tstzrange(
        -- A window that the spring gap would turn backwards comes out empty.
        least(
          (d.day + (b.value ->> 'start')::time) at time zone z.zone,
          (d.day + (b.value ->> 'end')::time) at time zone z.zone
        ),
        (d.day + (b.value ->> 'end')::time) at time zone z.zone
      )) as hours
      from unnest(case coalesce(p_business_hours ->> 'timezone', 'contact')
        when 'contact' then array(select k.zone from zones as k)
        when 'team' then array[p_team_timezone]
        else array[p_business_hours ->> 'timezone']
      end) as z (zone)
      cross join engine.local_days(z.zone, p_from, p_until) as d (day)
      cross join jsonb_array_elements(
        coalesce(p_business_hours -> 'windows' -> engine.weekday_name(d.day), '[]')
      ) as b (value)
      where (b.value ->> 'start')::time < (b.value ->> 'end')::time
      group by z.zone
    )

    select case
      -- Unknown zones, a zone or region that is never open: fail closed.
      when cardinality(p_timezones) = 0 then '{}'
      when (select count(*) from legal)
        < cardinality(p_timezones) * greatest(cardinality(p_regions), 1) then '{}'
      when p_business_hours is null then (select range_intersect_agg(hours) from legal)
      else
        (select range_intersect_agg(hours) from legal)
        * coalesce((select range_intersect_agg(hours) from business), '{}')
    end
  );
end
$$;
comment on function engine.open_hours(public.contact_channel, jsonb, text, text[], text[], timestamptz, timestamptz) is
'Instants between two moments at which a contact may be reached at a node; empty when zones are unknown.';
revoke all on function
engine.open_hours(public.contact_channel, jsonb, text, text[], text[], timestamptz, timestamptz) from public;
