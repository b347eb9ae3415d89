-- A reply as the words that phrases are looked for in: lower case, one space around each word.
-- What separates words is listed rather than what makes them, so that letters of every language
-- count whatever the database's locale; an emoji is a word of its own.
create or replace function engine.reply_words(p_text text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return ' ' || btrim(regexp_replace(
    regexp_replace(lower(p_text), '([\u2190-\u2bff\U0001f000-\U0001faff])[\ufe0f\U0001f3fb-\U0001f3ff]*', ' \1 ', 'g'),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf'
    '\u2000-\u206f\u3000-\u303f\ufe0f\U0001f3fb-\U0001f3ff]+',
    ' ', 'g'
  )) || ' ';
end
$$;
comment on function engine.reply_words(text) is 'A text in lower case, its words with one space around each, punctuation gone.';
revoke all on function engine.reply_words(text) from public;
