-- The phrases of one edge. A phrase without a letter, a digit or an emoji has no word to look for,
-- so it would never match.
create or replace function engine.phrase_issues(p_rule text, p_phrases jsonb)
returns table (code text, path text, value jsonb)
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return query
  select
    case when p_rule is distinct from 'reply_matches' then 'edge_phrases_ignored'
      when coalesce(p_phrases, 'null') in ('null', '[]') then 'edge_phrases_missing'
      else 'edge_phrases_invalid' end,
    '', p_phrases
  where p_rule is distinct from 'reply_matches'
    or coalesce(p_phrases, 'null') in ('null', '[]')
    or jsonb_typeof(p_phrases) <> 'array'
    or jsonb_array_length(p_phrases) > 100
  union all
  select 'edge_phrases_invalid', format('[%s]', p.phrase_no - 1), p.phrase
  from jsonb_array_elements(
    case when jsonb_typeof(p_phrases) = 'array' then p_phrases else '[]' end
  ) with ordinality as p (phrase, phrase_no)
  where p_rule = 'reply_matches' and not (
    jsonb_typeof(p.phrase) = 'string' and length(p.phrase #>> '{}') <= 200
    and length(engine.reply_words(p.phrase #>> '{}')) > 2
  );
end
$$;
comment on function engine.phrase_issues(text, jsonb) is 'What is wrong with the phrases of an edge with this rule.';
revoke all on function engine.phrase_issues(text, jsonb) from public;
