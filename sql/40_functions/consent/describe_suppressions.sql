-- What keeps a number from being reached, with the words of the latest entry in the ledger for each.
create or replace function engine.describe_suppressions(p_team_id uuid, p_phone text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'channel', s.channel, 'reason', s.reason, 'meaning', r.meaning, 'source', s.source, 'words', l.words,
    'since', s.created_at, 'lifted_by', r.lifted_by
  ) order by s.reason, s.channel), '[]')
  from public.suppressions as s
  inner join reference.suppression_reasons as r on s.reason = r.reason
  left join lateral (
    select e.words
    from public.consent_events as e
    where e.team_id = s.team_id and e.phone = s.phone and e.channel = s.channel and e.reason = s.reason
      and e.action = 'opt_out'
    order by e.id desc
    limit 1
  ) as l on true
  where s.team_id = p_team_id and s.phone = p_phone
$$;
comment on function engine.describe_suppressions(uuid, text) is
'[{channel, reason, meaning, source, words, since, lifted_by}] of a number.';
revoke all on function engine.describe_suppressions(uuid, text) from public;
