-- A number or a name of a cron field, as pg_cron reads it: names are whole words in any case, and only
-- months and weekdays have them. Null when it is neither, or no integer could hold it.
create or replace function engine.parse_cron_number(p_text text, p_names text[], p_low integer)
returns integer
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case
    when p_text ~ '^0*[0-9]{1,9}$' then p_text::numeric::integer
    else array_position(p_names, lower(p_text)) - 1 + p_low
  end;
end
$$;
comment on function engine.parse_cron_number(text, text[], integer) is 'The number that a word of a cron field means, or null.';
revoke all on function engine.parse_cron_number(text, text[], integer) from public;
