-- Whether a JSON value is a duration within bounds.
create or replace function engine.is_duration(p_value jsonb, p_least interval, p_most interval)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return jsonb_typeof(p_value) = 'string'
    and coalesce(engine.parse_duration(p_value #>> '{}') between p_least and p_most, false);
end
$$;
comment on function engine.is_duration(jsonb, interval, interval) is
'Whether a JSON value is an ISO 8601 duration from the least to the most; null when there is no value.';
revoke all on function engine.is_duration(jsonb, interval, interval) from public;
