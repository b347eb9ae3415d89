-- A person's own act lifts what the person's own act did, on one channel. It never lifts a
-- do-not-contact entry, an invalid number or a litigator.
create or replace function engine.readmit_number(
  p_team_id uuid,
  p_phone text,
  p_channel public.contact_channel,
  p_source text,
  p_words text
)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  insert into public.consent_events (team_id, phone, channel, action, source, words)
  values (p_team_id, p_phone, p_channel, 'opt_in', p_source, left(p_words, 1600));
  delete from public.suppressions as s
  where s.team_id = p_team_id and s.phone = p_phone and s.channel = p_channel and s.reason = 'opted_out';
  return found;
end
$$;
comment on function engine.readmit_number(uuid, text, public.contact_channel, text, text) is
'Records an opt-in and lifts an opt-out of one channel; returns whether there was one.';
revoke all on function engine.readmit_number(uuid, text, public.contact_channel, text, text) from public;
