-- Whether a reply says one of the phrases, as whole words: "no" is not in "nothing", and
-- "Yes, please!" says "yes please".
create or replace function engine.reply_matches(p_text text, p_phrases text[])
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_reply text := engine.reply_words(p_text);
begin
  return coalesce((
    select bool_or(length(w.words) > 2 and position(w.words in v_reply) > 0)
    from unnest(p_phrases) as p (phrase)
    cross join engine.reply_words(p.phrase) as w (words)
  ), false);
end
$$;
comment on function engine.reply_matches(text, text[]) is 'Whether a text holds one of the phrases as whole words, whatever their case.';
revoke all on function engine.reply_matches(text, text[]) from public;
