-- A list of the caller's teams, for a role.
create or replace function engine.require_list(p_list_id uuid, p_needs public.team_role)
returns public.audience_lists
language plpgsql
stable
set search_path = ''
as $$
declare
  v_list public.audience_lists;
begin
  select * into v_list from public.audience_lists as l
  where l.team_id = any(engine.caller_team_ids()) and l.id = p_list_id;
  perform engine.require_row(v_list.team_id, 'audience_list', p_list_id, p_needs);
  return v_list;
end
$$;
comment on function engine.require_list(uuid, public.team_role) is 'The list, when the caller may: OB004 or OB008 otherwise.';
revoke all on function engine.require_list(uuid, public.team_role) from public;
