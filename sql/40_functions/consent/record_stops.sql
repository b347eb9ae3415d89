-- What was said goes to the ledger and becomes a suppression. The same again is no news for the
-- suppressions; for the ledger it is when the person said it (p_is_said), but not when a list or a mark
-- that is read again says it.
create or replace function engine.record_stops(p_stops engine.stop[], p_is_said boolean)
returns table (team_id uuid, phone text, channel public.contact_channel)
language sql
volatile
set search_path = ''
as $$
  with stops as materialized (
    select distinct on (s.team_id, s.phone, c.channel, s.reason)
      s.team_id, s.phone, c.channel, s.reason, s.source, left(s.words, 1600) as words
    from unnest(p_stops) as s
    cross join unnest(enum_range(null::public.contact_channel)) as c (channel)
    where s.channel is null or s.channel = c.channel
    order by 1, 2, 3, 4
  ),

  added as (
    insert into public.suppressions (team_id, phone, channel, reason, source)
    select s.team_id, s.phone, s.channel, s.reason, s.source
    from stops as s
    order by 1, 2, 3, 4
    on conflict on constraint suppressions_pk do nothing
    returning team_id, phone, channel, reason
  ),

  written as (
    insert into public.consent_events (team_id, phone, channel, action, source, words, reason)
    select s.team_id, s.phone, s.channel, 'opt_out', s.source, s.words, s.reason
    from stops as s
    left join added as a using (team_id, phone, channel, reason)
    where p_is_said or a.phone is not null
  )

  select a.team_id, a.phone, a.channel from added as a
$$;
comment on function engine.record_stops(engine.stop[], boolean) is
'Writes ledger and suppressions; returns the numbers and channels that were not suppressed for the reason before.';
revoke all on function engine.record_stops(engine.stop[], boolean) from public;
