-- Where people may be, for whole sets: a stated zone, else the ZIP code of their address, else the
-- area code or country. Unknown is empty, and empty is never called. States of the address and of the
-- area code both count, because the rules of both may apply.
create or replace function engine.resolve_zones(p_phones text[], p_stated text[], p_postal_codes text[])
returns table (ordinal bigint, stated_timezone text, timezones text[], regions text[])
language sql
stable
parallel safe
set search_path = ''
as $$
  with asked as (
    select
      r.ordinal,
      ltrim(r.phone, '+') as digits,
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
  )
  select
    r.ordinal,
    z.timezone,
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
    end,
    case
      when p.regions is null or p.regions <@ a.regions then coalesce(a.regions, '{}')
      when a.regions is null or a.regions <@ p.regions then p.regions
      else array(select distinct u.region from unnest(p.regions || a.regions) as u (region) order by u.region)
    end
  from asked as r
  left join reference.timezones as z on r.spelling = z.spelling
  left join reference.area_codes as a on r.digits like '1%' and substr(r.digits, 2, 3) = a.area_code
  left join reference.postal_prefixes as p on r.prefix = p.prefix and r.digits like '1%'
$$;
comment on function engine.resolve_zones(text[], text[], text[]) is
'For each number with its stated zone and postal code: (ordinal, stated zone if it is one, every zone the person may be in, regions whose rules apply).';
revoke all on function engine.resolve_zones(text[], text[], text[]) from public;
