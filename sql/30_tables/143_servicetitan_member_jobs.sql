-- What targeting asks of the jobs that made members match. The jobs themselves are a run's own and go with
-- it; this little stays for those that a member of a list names.
create table engine.servicetitan_member_jobs (
  team_id uuid not null,
  id bigint not null,
  business_unit_id bigint,
  campaign_id bigint,
  constraint servicetitan_member_jobs_pk primary key (team_id, id),
  constraint servicetitan_member_jobs_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
comment on table engine.servicetitan_member_jobs is
'Business unit and ServiceTitan campaign of the jobs that members of lists matched by, as of the last refresh.';
