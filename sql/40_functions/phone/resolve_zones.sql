-- Where people may be, for whole sets: a stated zone, else the ZIP code of their address, else the
-- area code or country. Unknown is empty, and empty is never called. States of the address and of the
-- area code both count, because the rules of both may apply. Many people are in few places, so each place
-- is looked up once.
create or replace function engine.resolve_zones(p_phones text[], p_stated text[], p_postal_codes text[])
returns table (ordinal bigint, stated_timezone text, timezones text[], regions text[])
language plpgsql
stable
parallel safe
set search_path = ''
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
set enable_mergejoin = off -- sets of any size are joined here, by hash
as $$
#variable_conflict use_column
begin
  return query
  with asked as materialized (
    select q.*, coalesce(q.digits, '') || ' ' || coalesce(q.prefix, '') || ' ' || coalesce(q.spelling, '') as place
    from (
      select
        r.ordinal,
        left(ltrim(r.phone, '+'), 4) as digits,
        case
          when r.stated like '(%' or r.stated like '% (%'
            then lower(btrim(regexp_replace(r.stated, '\([^)]*\)', '', 'g')))
          else lower(btrim(r.stated))
        end as spelling,
        case
          when r.postal_code ~ '^[0-9]{5}' then left(r.postal_code, 3)
          when r.postal_code ~ '^[0-9]{3,4}$' then left(lpad(r.postal_code, 5, '0'), 3) -- a spreadsheet ate the zeros
        end as prefix
      from unnest(p_phones, p_stated, p_postal_codes) with ordinality as r (phone, stated, postal_code, ordinal)
      offset 0 -- each of these once for a row
    ) as q
  ),
  places as materialized (
    select a.place, min(a.digits) as digits, min(a.spelling) as spelling, min(a.prefix) as prefix
    from asked as a
    group by a.place
  ),
  known as materialized (
    select
      r.place,
      z.timezone as stated_timezone,
      case
        when z.timezone is not null then array[z.timezone]
        when p.timezones is not null then p.timezones
        when a.timezones <> '{}' then a.timezones
        when r.digits is null then '{}'
        -- few numbers come here, so they may look the code up one by one; no code begins with another one
        else coalesce((
          select c.timezones from reference.calling_codes as c
          where c.calling_code in (substr(r.digits, 1, 1), substr(r.digits, 1, 2), substr(r.digits, 1, 3))
        ), '{}')
      end as timezones,
      case
        when p.regions is null or p.regions <@ a.regions then coalesce(a.regions, '{}')
        when a.regions is null or a.regions <@ p.regions then p.regions
        else array(select distinct u.region from unnest(p.regions || a.regions) as u (region) order by u.region)
      end as regions
    from places as r
    left join reference.timezones as z on r.spelling = z.spelling
    left join reference.area_codes as a on r.digits like '1%' and substr(r.digits, 2, 3) = a.area_code
    left join reference.postal_prefixes as p on r.prefix = p.prefix and r.digits like '1%'
  )
  select
    q.ordinal,
    k.stated_timezone,
    k.timezones,
    k.regions
  from asked as q
  inner join known as k on q.place = k.place;
end
$$;
comment on function engine.resolve_zones(text[], text[], text[]) is
'For each number with its stated zone and postal code: (ordinal, stated zone if it is one, every zone the person may be in, regions whose rules apply).';
revoke all on function engine.resolve_zones(text[], text[], text[]) from public;
