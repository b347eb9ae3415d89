-- What can be found of a contact: name, address and number in lines of their own, so that no term goes
-- across, each after a space, so that beginnings can be told. Short enough to be inlined.
create or replace function engine.search_terms(p_first_name text, p_last_name text, p_email text, p_phone text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select lower(
    ' ' || coalesce(p_first_name || ' ', '') || coalesce(p_last_name, '') || E'\n ' || coalesce(p_email, '')
    || E'\n ' || ltrim(p_phone, '+')
  )
$$;
comment on function engine.search_terms(text, text, text, text) is 'Name, e-mail address and digits of a contact in lower case.';
revoke all on function engine.search_terms(text, text, text, text) from public;
