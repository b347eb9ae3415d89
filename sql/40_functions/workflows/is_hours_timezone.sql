-- Whose clock business hours may follow. The zones of places are known as rows; asking the server for
-- the names that it knows reads its whole time zone folder, so that is kept for the rare other ones.
create or replace function engine.is_hours_timezone(p_value jsonb)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
declare
  v_name text := case when jsonb_typeof(p_value) = 'string' then p_value #>> '{}' end;
begin
  return case
    when v_name is null then false
    when v_name in ('contact', 'team') then true
    when exists (select from reference.timezones as z where z.spelling = lower(v_name) and z.timezone = v_name) then true
    else engine.is_timezone(v_name)
  end;
end
$$;
comment on function engine.is_hours_timezone(jsonb) is 'Whether a JSON value is contact, team or the name of an IANA time zone.';
revoke all on function engine.is_hours_timezone(jsonb) from public;
