-- The job and the appointment in ServiceTitan that somebody was enrolled for, where they were not cancelled when they
-- matched: when they are, the journey is over. Kept here because a refresh takes people off the list whose job is.
create table engine.enrollment_work (
  team_id uuid not null,
  enrollment_id uuid not null,
  kind text not null,
  servicetitan_id bigint not null,
  campaign_id uuid not null,
  matched_at timestamptz not null,
  constraint enrollment_work_pk primary key (team_id, enrollment_id, kind),
  constraint enrollment_work_enrollment_exists
  foreign key (team_id, enrollment_id) references engine.enrollments (team_id, id) on delete cascade,
  constraint enrollment_work_kind_is_known check (kind in ('job', 'appointment'))
);
create index enrollment_work_by_work on engine.enrollment_work (team_id, kind, servicetitan_id);
create index enrollment_work_by_campaign on engine.enrollment_work (team_id, campaign_id);
comment on table engine.enrollment_work is 'Jobs and appointments of ServiceTitan that people were enrolled for.';
comment on column engine.enrollment_work.matched_at is 'When the refresh began that last saw it not cancelled.';
