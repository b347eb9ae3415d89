-- Members see their own teams and colleagues.
alter table public.teams enable row level security;
create policy teams_are_seen_by_members on public.teams for select to authenticated, service_role
using (id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.teams to authenticated, service_role;

alter table public.team_members enable row level security;
create policy team_members_are_seen_by_members on public.team_members for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.team_members to authenticated, service_role;
