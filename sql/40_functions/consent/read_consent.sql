-- What a text says about consent: opt_out, opt_in or null. Punctuation and case do not count; "STOP!"
-- and "please stop calling me" are both a stop, and so is whatever begins with a stop. When a text says
-- both, it is a stop.
create or replace function engine.read_consent(p_body text)
returns text
language sql
stable
set search_path = ''
as $$
  select p.action
  from (
    select btrim(regexp_replace(lower(coalesce(p_body, '')), '[^[:alnum:]]+', ' ', 'g')) as words
  ) as b
  inner join reference.consent_phrases as p
    on p.phrase = b.words
    or (p.phrase in ('stop', 'stopall', 'unsubscribe') and p.phrase = split_part(b.words, ' ', 1)
      -- "Stop by at five" is an invitation.
      and b.words !~ '^stop (by|in|over|at|around)\M')
    or (not p.is_whole_message and position(' ' || p.phrase || ' ' in ' ' || b.words || ' ') > 0)
  -- opt_in sorts before opt_out; the stop wins.
  order by p.action desc
  limit 1
$$;
comment on function engine.read_consent(text) is 'opt_out, opt_in or null: what the words of a text say about consent.';
revoke all on function engine.read_consent(text) from public;
