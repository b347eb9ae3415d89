-- As engine.require_role, for those who ask before they offer something.
create or replace function engine.has_role(p_team_id uuid, p_needs public.team_role)
returns boolean
language sql
stable
security definer -- reads the caller's membership
set search_path = ''
as $$
  select engine.caller_is_service() or exists (
    select from public.team_members as m
    where m.team_id = p_team_id and m.user_id = (select auth.uid()) and m.role >= p_needs
  )
$$;
comment on function engine.has_role(uuid, public.team_role) is 'Whether the caller''s role in a team is enough.';
revoke all on function engine.has_role(uuid, public.team_role) from public;
