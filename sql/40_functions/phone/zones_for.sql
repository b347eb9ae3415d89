-- One person; sets go to engine.resolve_zones, which is the same rule.
create or replace function engine.zones_for(
  p_phone text, p_stated_timezone text default null, p_postal_code text default null
)
returns table (timezones text[], regions text[])
language sql
stable
parallel safe
set search_path = ''
as $$
  select z.timezones, z.regions
  from engine.resolve_zones(array[p_phone], array[p_stated_timezone], array[p_postal_code]) as z
$$;
comment on function engine.zones_for(text, text, text) is
'Every zone that the owner of an E.164 number may be in, and the regions whose rules apply; no zone means unknown.';
revoke all on function engine.zones_for(text, text, text) from public;
