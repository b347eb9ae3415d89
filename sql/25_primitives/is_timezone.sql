-- A name of the IANA database as this server knows it. Abbreviations and POSIX strings are not
-- names: they carry no daylight-saving rules, or wrong ones.
create or replace function engine.is_timezone(p_name text)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_name is not null and p_name ~ '^[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)*$' and exists (
    select from pg_timezone_names where name = p_name and name !~ '^(posix|right)/'
  )
$$;
comment on function engine.is_timezone(text) is 'Whether this is an IANA time zone that the server knows.';
revoke all on function engine.is_timezone(text) from public;
