-- Who may do what in a team.
create table public.team_members (
  team_id uuid not null,
  user_id uuid not null,
  role public.team_role not null,
  created_at timestamptz not null default engine.now(),
  constraint team_members_pk primary key (team_id, user_id),
  constraint team_members_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint team_members_user_exists foreign key (user_id) references auth.users (id) on delete cascade
);
create index team_members_by_user on public.team_members (user_id);
comment on table public.team_members is 'Members of a team and their roles.';
