-- The one way a list comes to be.
create or replace function engine.new_list(
  p_team_id uuid, p_name text, p_source public.audience_source, p_definition jsonb, p_exclusions jsonb default '{}'
)
returns uuid
language sql
volatile
set search_path = ''
as $$
  insert into public.audience_lists (team_id, name, source, definition, exclusions)
  values (p_team_id, btrim(p_name), p_source, p_definition, p_exclusions)
  returning id
$$;
comment on function engine.new_list(uuid, text, public.audience_source, jsonb, jsonb) is 'Makes a list and returns its id.';
revoke all on function engine.new_list(uuid, text, public.audience_source, jsonb, jsonb) from public;
