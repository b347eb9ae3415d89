-- An argument that must be one of a few words, or null.
create or replace function engine.word_issue(p_path text, p_word text, p_words text[])
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select case when p_word is null or p_word = any(p_words) then '[]' else jsonb_build_array(engine.issue(
    regexp_replace(p_path, '^p_', '') || '_unknown', p_path,
    format('The %s must be one of %s.', replace(regexp_replace(p_path, '^p_', ''), '_', ' '), array_to_string(p_words, ', '))
  )) end
$$;
comment on function engine.word_issue(text, text, text[]) is 'The problem of a word that is none of those allowed: [], or one issue.';
revoke all on function engine.word_issue(text, text, text[]) from public;
