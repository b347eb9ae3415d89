-- The one way a list comes to be.
create or replace function engine.new_list(
  p_team_id uuid, p_name text, p_source public.audience_source, p_definition jsonb
)
returns uuid
language sql
volatile
set search_path = ''
as $$
  insert into public.audience_lists (team_id, name, source, definition)
  values (p_team_id, btrim(p_name), p_source, p_definition)
  returning id
$$;
comment on function engine.new_list(uuid, text, public.audience_source, jsonb) is 'Makes a list and returns its id.';
revoke all on function engine.new_list(uuid, text, public.audience_source, jsonb) from public;
