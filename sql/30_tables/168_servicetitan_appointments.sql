-- Appointments that a run or a preview asked ServiceTitan for; see servicetitan_jobs.
create table engine.servicetitan_appointments (
  team_id uuid not null,
  subject_id uuid not null,
  id bigint not null,
  job_id bigint,
  customer_id bigint,
  status text,
  starts_at timestamptz,
  is_unused boolean not null,
  modified_at timestamptz,
  constraint servicetitan_appointments_pk primary key (team_id, subject_id, id),
  constraint servicetitan_appointments_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
comment on table engine.servicetitan_appointments is 'Appointments found for a running refresh or preview.';
comment on column engine.servicetitan_appointments.subject_id is 'The run or the preview that asked for it.';
