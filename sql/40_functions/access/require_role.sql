-- Refuses a caller whose role in a team is too low. The roles are declared least first, so that
-- comparing them compares what they may do.
create or replace function engine.require_role(p_team_id uuid, p_needs public.team_role)
returns void
language plpgsql
stable
security definer -- reads the caller's membership
set search_path = ''
as $$
declare
  v_role public.team_role;
begin
  if engine.caller_is_service() then
    return;
  end if;
  select role into v_role
  from public.team_members
  where team_id = p_team_id and user_id = (select auth.uid());
  if v_role is null then
    perform engine.refuse_not_found('team', p_team_id);
  elsif v_role < p_needs then
    perform engine.refuse(
      'OB008',
      format('This needs the role %s; yours is %s.', p_needs, v_role),
      jsonb_build_object('role', v_role, 'needs', p_needs),
      'Ask an admin of the team.'
    );
  end if;
end
$$;
comment on function engine.require_role(uuid, public.team_role) is
'Raises OB004 when the caller is not in the team and OB008 when the role is too low.';
revoke all on function engine.require_role(uuid, public.team_role) from public;
