-- The texts to a number are in the inbox up to a moment. Whoever could not ask says nothing: it is due again when the
-- lease has run out.
create or replace function engine.note_inbox(p_team_id uuid, p_phone_number_id uuid, p_until timestamptz)
returns void
language sql
volatile
security definer -- workers may write no table
set search_path = ''
as $$
  update engine.inboxes as b
  set read_at = greatest(b.read_at, least(p_until, engine.now())), check_at = engine.now() + interval '5 minutes'
  where b.team_id = p_team_id and b.phone_number_id = p_phone_number_id
$$;
comment on function engine.note_inbox(uuid, uuid, timestamptz) is
'Notes up to when the texts to a number have been asked for and stored.';
revoke all on function engine.note_inbox(uuid, uuid, timestamptz) from public;
grant execute on function engine.note_inbox(uuid, uuid, timestamptz) to outbound_worker;
