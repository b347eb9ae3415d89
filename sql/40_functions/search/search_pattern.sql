-- What a person typed as a pattern over engine.search_contacts. Without a letter it means digits, however
-- they are grouped. An index of trigrams needs three letters in a row; less than that is looked for only
-- where a word begins.
create or replace function engine.search_pattern(p_search text)
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    when t.term = '' and t.has_words then null
    when t.term = '' then ''
    when t.term ~ '[[:alnum:]]{3}' then '%' || t.escaped || '%'
    else '% ' || t.escaped || '%'
  end
  from (
    select w.*, replace(replace(replace(w.term, '\', '\\'), '%', '\%'), '_', '\_') as escaped
    from (
      select
        v.typed ~ '[[:alpha:]@]' or v.typed = '' as has_words,
        case
          when v.typed ~ '[[:alpha:]@]' or v.typed = '' then v.typed
          else regexp_replace(v.typed, '[^[:digit:]]', '', 'g')
        end as term
      from (select btrim(regexp_replace(lower(coalesce(p_search, '')), '\s+', ' ', 'g')) as typed) as v
    ) as w
  ) as t
$$;
comment on function engine.search_pattern(text) is
'A pattern for LIKE; null when nothing was typed, and one that nobody matches for a term without a letter or digit.';
revoke all on function engine.search_pattern(text) from public;
