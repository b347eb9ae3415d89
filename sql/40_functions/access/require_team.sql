-- The team that a call is about. Most people belong to one, so naming it is optional for them.
create or replace function engine.require_team(p_team_id uuid, p_needs public.team_role)
returns uuid
language plpgsql
stable
security definer -- reads the caller's memberships
set search_path = ''
as $$
declare
  v_team_ids uuid[] := engine.caller_team_ids();
  v_team_id uuid := p_team_id;
begin
  if v_team_id is null and cardinality(v_team_ids) = 1 then
    v_team_id := v_team_ids[1];
  end if;
  if v_team_id is null and cardinality(v_team_ids) > 1 then
    perform engine.refuse_issues(
      jsonb_build_array(engine.issue('team_required', 'p_team_id', 'Say which team this is for.')),
      'The request'
    );
  end if;
  if v_team_id is null or not (v_team_id = any(v_team_ids)) then
    perform engine.refuse_not_found('team', p_team_id);
  end if;
  perform engine.require_role(v_team_id, p_needs);
  return v_team_id;
end
$$;
comment on function engine.require_team(uuid, public.team_role) is
'Resolves the team of a call and checks the caller''s role in it: OB001 when it must be named, OB004, OB008.';
revoke all on function engine.require_team(uuid, public.team_role) from public;
