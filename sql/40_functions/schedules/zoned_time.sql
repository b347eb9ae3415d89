-- A moment as people in a zone read it, and as every program does: with the offset of the zone.
create or replace function engine.zoned_time(p_at timestamptz, p_timezone text)
returns text
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
  v_offset interval := (p_at at time zone p_timezone) - (p_at at time zone 'UTC');
begin
  return to_char(p_at at time zone p_timezone, 'YYYY-MM-DD"T"HH24:MI:SS')
    || case when v_offset < interval '0' then '-' else '+' end
    || to_char(greatest(v_offset, -v_offset), 'HH24:MI');
end
$$;
comment on function engine.zoned_time(timestamptz, text) is 'ISO 8601 with the offset that a zone has at that moment.';
revoke all on function engine.zoned_time(timestamptz, text) from public;
