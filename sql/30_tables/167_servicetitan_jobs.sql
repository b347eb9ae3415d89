-- Jobs that a run or a preview asked ServiceTitan for. They are that run's own and go with it: a job that
-- another run saw last week may have been cancelled since.
create table engine.servicetitan_jobs (
  team_id uuid not null,
  subject_id uuid not null,
  id bigint not null,
  customer_id bigint,
  location_id bigint,
  status text,
  business_unit_id bigint,
  job_type_id bigint,
  campaign_id bigint,
  tag_ids bigint[] not null default '{}',
  total numeric,
  created_at timestamptz,
  completed_at timestamptz,
  modified_at timestamptz,
  constraint servicetitan_jobs_pk primary key (team_id, subject_id, id),
  constraint servicetitan_jobs_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
comment on table engine.servicetitan_jobs is 'Jobs found for a running refresh or preview.';
comment on column engine.servicetitan_jobs.subject_id is 'The run or the preview that asked for it.';
