-- The keys of business hours. Spelled out, because to_char's names follow the server's language.
create or replace function engine.weekday_name(p_day date)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return (array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])[
    extract(isodow from p_day)::integer
  ];
end
$$;
comment on function engine.weekday_name(date) is 'monday … sunday.';
revoke all on function engine.weekday_name(date) from public;
