-- What was said and stored about reaching the numbers, on any channel.
create or replace function engine.tell_consent(p_team_id uuid, p_phones text[])
returns setof engine.told
language sql
stable
set search_path = ''
as $$
  select
    c.recorded_at, 1000000, 7, 'consent',
    format('The number %s of %ss (%s).', case c.action when 'opt_out' then 'opted out' else 'opted in' end, c.channel, btrim(c.source)),
    jsonb_build_object(
      'phone', c.phone, 'channel', c.channel, 'action', c.action, 'source', c.source, 'words', c.words,
      'occurred_at', c.occurred_at
    )
  from public.consent_events as c
  where c.team_id = p_team_id and c.phone = any(p_phones)
  union all
  select
    s.created_at, 1000000, 8, 'suppression',
    format('The number must not be reached by %s: %s', s.channel, engine.tell_reason('suppressed_' || s.reason)),
    jsonb_build_object('phone', s.phone, 'channel', s.channel, 'reason', s.reason, 'source', s.source)
  from public.suppressions as s
  where s.team_id = p_team_id and s.phone = any(p_phones)
$$;
comment on function engine.tell_consent(uuid, text[]) is
'A line for each consent event {phone, channel, action, source, words, occurred_at} and suppression {phone, channel, reason, source}.';
revoke all on function engine.tell_consent(uuid, text[]) from public;
