-- Adds a person to a team or changes a role. A team keeps at least one admin, or nobody could ever
-- manage it again.
create or replace function public.set_team_member(
  p_user_id uuid,
  p_role public.team_role,
  p_team_id uuid default null
)
returns public.team_members
language plpgsql
security definer -- writes public.team_members, which no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
  v_member public.team_members;
begin
  perform from public.teams where id = v_team_id for update;
  if not exists (select from auth.users where id = p_user_id) then
    perform engine.refuse_not_found('user', p_user_id);
  end if;
  if p_role is null then
    perform engine.refuse_issues(
      jsonb_build_array(engine.issue('role_required', 'p_role', 'Say which role: viewer, operator or admin.')),
      'The member'
    );
  end if;
  if p_role <> 'admin' and not engine.caller_is_service() and not exists (
    select from public.team_members
    where team_id = v_team_id and role = 'admin' and user_id <> p_user_id
  ) then
    perform engine.refuse(
      'OB005',
      'The team would be left without an admin.',
      jsonb_build_object('entity', 'team', 'id', v_team_id, 'used_by', jsonb_build_array(
        jsonb_build_object('entity', 'team_member', 'id', p_user_id)
      )),
      'Make someone else an admin first.'
    );
  end if;
  insert into public.team_members (team_id, user_id, role)
  values (v_team_id, p_user_id, p_role)
  on conflict (team_id, user_id) do update set role = excluded.role
  returning * into v_member;
  return v_member;
end
$$;
comment on function public.set_team_member(uuid, public.team_role, uuid) is
'Adds a member or changes the role. Admin only; OB005 when no admin would be left.';
revoke all on function public.set_team_member(uuid, public.team_role, uuid) from public;
grant execute on function public.set_team_member(uuid, public.team_role, uuid) to authenticated, service_role;
