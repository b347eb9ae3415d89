-- What a text says about consent: opt_out, opt_in or null. Punctuation and case do not count; "STOP!"
-- and "please stop calling me" are both a stop, and so is whatever begins with a stop. A team's own phrases
-- count beside everybody's. When a text says both, it is a stop.
create or replace function engine.read_consent(p_body text, p_team_id uuid default null)
returns text
language sql
stable
set search_path = ''
as $$
  select p.action
  from (select engine.consent_words(p_body) as words) as b
  inner join (
    select r.phrase, r.action, r.is_whole_message from reference.consent_phrases as r
    union all
    select t.phrase, t.action, t.is_whole_message from public.team_phrases as t where t.team_id = p_team_id
  ) as p
    on p.phrase = b.words
    or (p.phrase in ('stop', 'stopall', 'unsubscribe') and p.phrase = split_part(b.words, ' ', 1)
      -- "Stop by at five" is an invitation.
      and b.words !~ '^stop (by|in|over|at|around)\M')
    or (not p.is_whole_message and position(' ' || p.phrase || ' ' in ' ' || b.words || ' ') > 0)
  -- opt_in sorts before opt_out; the stop wins.
  order by p.action desc
  limit 1
$$;
comment on function engine.read_consent(text, uuid) is
'opt_out, opt_in or null: what the words of a text say about consent, to everybody and to a team.';
revoke all on function engine.read_consent(text, uuid) from public;
