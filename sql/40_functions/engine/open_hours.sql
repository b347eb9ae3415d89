-- When a person may be reached at a node: the node's business hours and the legal hours, in every
-- zone and under every region's rules that may apply. Intersecting ranges of real instants keeps the
-- days right on which the clocks change. What has begun leaves within a minute (workers/deadline.py), so legal hours end
-- a minute before the law's, here where everybody asks.
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
set plan_cache_mode = force_generic_plan -- to plan it takes longer than a calendar
as $$
declare
  c_leaving constant interval := interval '1 minute';
  v_legal tstzmultirange;
begin
  v_legal := (
    -- A name that this server does not know is no zone at all, and the count below fails closed.
    with zones as materialized (
      select z.zone
      from unnest(p_timezones) as z (zone)
      where exists (select from reference.timezones as k where k.timezone = z.zone)
    ),

    legal as (
      select z.zone, r.region, range_agg(tstzrange(
        least(i.starts_at, i.ends_at - c_leaving), i.ends_at - c_leaving
      )) as hours
      from zones as z
      cross join unnest(case when cardinality(p_regions) = 0 then array[''] else p_regions end) as r (region)
      cross join engine.legal_week(p_channel, r.region) as w
      cross join engine.local_days(z.zone, p_from, p_until, w.weekday) as d (day)
      cross join lateral (
        select (d.day + w.starts_at) at time zone z.zone as starts_at, (d.day + w.ends_at) at time zone z.zone as ends_at
      ) as i
      where w.starts_at is not null
      group by z.zone, r.region
    )

    -- Unknown zones, a zone or region that is never open: fail closed.
    select case
      when cardinality(p_timezones) = 0 then '{}'
      when count(*) < cardinality(p_timezones) * greatest(cardinality(p_regions), 1) then '{}'
      else range_intersect_agg(l.hours)
    end
    from legal as l
  );
  -- Mostly the law alone says, and the rest need not be made ready.
  if p_business_hours is null or v_legal is null or isempty(v_legal) then
    return v_legal;
  end if;
  return v_legal * engine.business_hours(p_business_hours, p_team_timezone, p_timezones, p_from, p_until);
end
$$;
comment on function engine.open_hours(public.contact_channel, jsonb, text, text[], text[], timestamptz, timestamptz) is
'Instants between two moments at which a contact may be reached at a node; empty when zones are unknown.';
revoke all on function
engine.open_hours(public.contact_channel, jsonb, text, text[], text[], timestamptz, timestamptz) from public;
