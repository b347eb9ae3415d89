-- A team's phrases as they are sent, {phrase, action?, is_whole_message?} or the phrase alone, read with
-- what is wrong with each. A word counts alone, a phrase of several words anywhere, unless it says so itself.
create or replace function engine.phrase_rows(p_phrases jsonb)
returns table (place bigint, phrase text, action text, is_whole_message boolean, issue jsonb)
language sql
stable
set search_path = ''
as $$
  select
    r.n, r.phrase, r.action, r.is_whole_message,
    case
      when r.kind not in ('object', 'string') or (r.kind = 'object' and (
        coalesce(jsonb_typeof(r.item -> 'phrase'), 'null') <> 'string'
        or coalesce(jsonb_typeof(r.item -> 'is_whole_message'), 'null') not in ('boolean', 'null')
      )) then engine.issue(
        'phrase_malformed', 'p_phrases', 'A phrase is a text, or {"phrase": "…", "action": "opt_out", "is_whole_message": true}.',
        'error', w.place
      )
      when length(r.phrase) not between 1 and 100 then engine.issue(
        'phrase_length', 'p_phrases', 'A phrase must have 1 to 100 letters and digits.', 'error', w.place
      )
      when r.action not in ('opt_out', 'opt_in') then engine.issue(
        'action_unknown', 'p_phrases', 'The action must be opt_out or opt_in.', 'error', w.place
      )
      when r.action = 'opt_in' and not r.is_whole_message then engine.issue(
        'phrase_opt_in_anywhere', 'p_phrases', 'Words that start texts again count only as a whole message.', 'error', w.place
      )
      when c.action <> r.action then engine.issue(
        'phrase_reserved', 'p_phrases', format('"%s" means %s to everybody.', r.phrase, replace(c.action, '_', ' ')), 'error',
        w.place
      )
      when r.action = 'opt_in' and engine.read_consent(r.phrase) = 'opt_out' then engine.issue(
        'phrase_reserved', 'p_phrases', format('"%s" holds words that mean opt out to everybody.', r.phrase), 'error', w.place
      )
      when r.copy > 1 then engine.issue(
        'phrase_duplicate', 'p_phrases', format('"%s" is there twice.', r.phrase), 'error', w.place
      )
    end
  from (
    select
      t.*,
      coalesce(
        case when jsonb_typeof(t.item -> 'is_whole_message') = 'boolean' then (t.item -> 'is_whole_message')::boolean end,
        t.action = 'opt_in' or position(' ' in t.phrase) = 0
      ) as is_whole_message,
      row_number() over (partition by t.phrase order by t.n) as copy
    from (
      select
        e.n, e.item, jsonb_typeof(e.item) as kind,
        engine.consent_words(case jsonb_typeof(e.item) when 'object' then e.item ->> 'phrase' when 'string' then e.item #>> '{}' end)
          as phrase,
        coalesce(case when jsonb_typeof(e.item) = 'object' then e.item ->> 'action' end, 'opt_out') as action
      from jsonb_array_elements(p_phrases) with ordinality as e (item, n)
    ) as t
  ) as r
  left join reference.consent_phrases as c on r.phrase = c.phrase
  cross join lateral (select jsonb_build_object('row', r.n) as place) as w
$$;
comment on function engine.phrase_rows(jsonb) is 'The phrases of a list, normalised, and what is wrong with each; null when nothing.';
revoke all on function engine.phrase_rows(jsonb) from public;
