-- A preview as it is now, without a wait for whoever holds it.
create or replace function engine.find_preview(p_team_id uuid, p_request_hash bytea)
returns engine.audience_previews
language sql
volatile -- what the caller has just written, or somebody else has, is seen
set search_path = ''
as $$
  select * from engine.audience_previews as p where p.team_id = p_team_id and p.request_hash = p_request_hash
$$;
comment on function engine.find_preview(uuid, bytea) is 'The preview of a request, or null.';
revoke all on function engine.find_preview(uuid, bytea) from public;
