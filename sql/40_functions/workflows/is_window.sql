-- One window of business hours. Times of day in this form compare as text the way they do as times.
create or replace function engine.is_window(p_value jsonb)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return coalesce(
    jsonb_typeof(p_value -> 'start') = 'string' and jsonb_typeof(p_value -> 'end') = 'string'
    and p_value ->> 'start' ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
    and p_value ->> 'end' ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'
    and p_value ->> 'start' < p_value ->> 'end' collate "C",
    false
  );
end
$$;
comment on function engine.is_window(jsonb) is 'Whether a JSON value is {start, end} as HH:MM, start before end, 24:00 for midnight.';
revoke all on function engine.is_window(jsonb) from public;
