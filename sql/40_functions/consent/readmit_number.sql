-- A person's own act lifts what the person's own act did, on one channel. It never lifts a
-- do-not-contact entry, an invalid number or a litigator. What she texts carries no time: a START that comes
-- right after a stop may have been sent before it, and lifts nothing; nor does one that is told late and was sent
-- before or right after one. She can say it again.
create or replace function engine.readmit_number(
  p_team_id uuid,
  p_phone text,
  p_channel public.contact_channel,
  p_source text,
  p_words text,
  p_said_at timestamptz
)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  -- By the ledger, which also has the stop of somebody who was stopped before.
  v_is_too_soon boolean := exists (
    select from public.consent_events as c
    where c.team_id = p_team_id and c.phone = p_phone and c.channel = p_channel and c.action = 'opt_out'
      and c.reason = 'opted_out' and c.occurred_at > least(p_said_at, engine.now()) - interval '2 minutes'
  );
begin
  insert into public.consent_events (team_id, phone, channel, action, source, words)
  values (
    p_team_id, p_phone, p_channel, 'opt_in',
    p_source || case when v_is_too_soon then ' (too soon after a stop, lifted nothing)' else '' end, left(p_words, 1600)
  );
  if v_is_too_soon then
    return false;
  end if;
  delete from public.suppressions as s
  where s.team_id = p_team_id and s.phone = p_phone and s.channel = p_channel and s.reason = 'opted_out';
  return found;
end
$$;
comment on function engine.readmit_number(uuid, text, public.contact_channel, text, text, timestamptz) is
'Records an opt-in and lifts an opt-out of one channel that is two minutes older than it; returns whether there was one.';
revoke all on function engine.readmit_number(uuid, text, public.contact_channel, text, text, timestamptz) from public;
