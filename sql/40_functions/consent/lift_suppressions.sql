-- Takes back what keeps a number from being reached for one reason, and no other. The ledger says so for
-- each channel on which there was something to take back.
create or replace function engine.lift_suppressions(
  p_team_id uuid, p_phones text[], p_channel public.contact_channel, p_reason text, p_source text, p_words text
)
returns table (phone text, channel public.contact_channel)
language sql
volatile
set search_path = ''
as $$
  with lifted as (
    delete from public.suppressions as s
    where s.team_id = p_team_id and s.phone = any(p_phones) and s.reason = p_reason
      and (p_channel is null or s.channel = p_channel)
    returning s.phone, s.channel
  ),

  written as (
    insert into public.consent_events (team_id, phone, channel, action, source, words, reason)
    select p_team_id, l.phone, l.channel, 'opt_in', p_source, left(p_words, 1600), p_reason
    from lifted as l
  )

  select l.phone, l.channel from lifted as l order by l.phone, l.channel
$$;
comment on function engine.lift_suppressions(uuid, text[], public.contact_channel, text, text, text) is
'Lifts a reason from numbers, on a channel or all, and writes the ledger; returns what it lifted.';
revoke all on function engine.lift_suppressions(uuid, text[], public.contact_channel, text, text, text) from public;
