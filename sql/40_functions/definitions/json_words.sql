-- A JSON array of words as they are compared.
create or replace function engine.json_words(p_words jsonb)
returns text[]
language sql
immutable
parallel safe
set search_path = ''
as $$
  select array_agg(w.word order by w.place)
  from jsonb_array_elements_text(p_words) with ordinality as w (word, place)
$$;
comment on function engine.json_words(jsonb) is 'Words of a JSON array; null of none.';
revoke all on function engine.json_words(jsonb) from public;
