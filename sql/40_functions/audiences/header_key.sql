-- "firstName", "First_Name" and " FIRST NAME: " are one header.
create or replace function engine.header_key(p_header text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return btrim(regexp_replace(
    replace(lower(regexp_replace(normalize(coalesce(p_header, ''), nfkc), '([a-z])([A-Z])', '\1 \2', 'g')), '#', ' no '),
    '[\s_./\\:;,()\[\]{}*''"?!&+|-]+', ' ', 'g'
  ));
end
$$;
comment on function engine.header_key(text) is 'A header in the spelling of reference.import_headers.';
revoke all on function engine.header_key(text) from public;
