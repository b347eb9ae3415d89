-- Who is in a team. The rows of team_members have no address: that is Supabase Auth's, whose tables nobody reads.
create or replace function public.list_team_members(p_team_id uuid default null)
returns table (user_id uuid, email text, role public.team_role, created_at timestamptz)
language plpgsql
stable
security definer -- reads auth.users, for members of the team only: engine.require_team
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_team_id uuid := engine.require_team(p_team_id, 'viewer');
begin
  return query
  select m.user_id, u.email::text, m.role, m.created_at
  from public.team_members as m
  inner join auth.users as u on m.user_id = u.id
  where m.team_id = v_team_id
  order by m.role desc, u.email, m.user_id;
end
$$;
comment on function public.list_team_members(uuid) is
'The members of a team, admins first: user_id, email (null of who signs in without one), role, and since when. OB004.';
revoke all on function public.list_team_members(uuid) from public;
grant execute on function public.list_team_members(uuid) to authenticated, service_role;
