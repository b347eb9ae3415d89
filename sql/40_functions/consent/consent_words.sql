-- What somebody wrote, as phrases are compared: lower case, and one space for whatever is neither letter
-- nor digit.
create or replace function engine.consent_words(p_text text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select btrim(regexp_replace(lower(coalesce(p_text, '')), '[^[:alnum:]]+', ' ', 'g'))
$$;
comment on function engine.consent_words(text) is 'A text in lower case, with single spaces for all that is neither letter nor digit.';
revoke all on function engine.consent_words(text) from public;
