-- An integration that is about to be saved with another account. Twilio's have an id; of Vapi's only the secret tells
-- them apart. A secret that is replaced under its name is the same account's, as docs/deploy.md tells.
create or replace function engine.note_account_change(
  p_team_id uuid, p_provider public.provider, p_secret_name text, p_account_ref text
)
returns void
language sql
volatile
set search_path = ''
as $$
  insert into engine.account_changes (team_id, integration_id, changed_at)
  select i.team_id, i.id, engine.now()
  from public.integrations as i
  where i.team_id = p_team_id and i.provider = p_provider and (
    i.account_ref is distinct from p_account_ref or (p_provider = 'vapi' and i.secret_name <> p_secret_name)
  )
  on conflict on constraint account_changes_pk do update set changed_at = excluded.changed_at
$$;
comment on function engine.note_account_change(uuid, public.provider, text, text) is
'Notes the moment if an integration is to be saved with another account than it has.';
revoke all on function engine.note_account_change(uuid, public.provider, text, text) from public;
