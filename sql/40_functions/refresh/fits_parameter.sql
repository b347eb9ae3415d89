-- Whether one value is what a report's parameter takes. A type that nobody has heard of takes anything.
create or replace function engine.fits_parameter(p_value jsonb, p_data_type text, p_accepted jsonb)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case lower(p_data_type)
    when 'number' then p_value #>> '{}' ~ '^-?[0-9]+([.][0-9]+)?$'
    when 'boolean' then p_value #>> '{}' in ('true', 'false')
    when 'date' then p_value #>> '{}' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}'
    when 'time' then p_value #>> '{}' ~ '^[0-9]{1,2}:[0-9]{2}'
    else jsonb_typeof(p_value) not in ('object', 'array', 'null')
  end and (
    coalesce(jsonb_typeof(p_accepted), 'null') <> 'array' or p_accepted = '[]'
    or exists (select from jsonb_array_elements(p_accepted) as a (one) where a.one ->> 0 = p_value #>> '{}')
  )
$$;
comment on function engine.fits_parameter(jsonb, text, jsonb) is 'Whether a value fits a report''s parameter.';
revoke all on function engine.fits_parameter(jsonb, text, jsonb) from public;
