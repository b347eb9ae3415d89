-- The jobs of enrollments that ended a while ago, moved here so that the table that workers claim from stays
-- as small as what goes on. One partition for each month in which enrollments ended: a lookup that knows the
-- enrollment reads one, and retention drops whole ones. The tick makes them; there is no default partition,
-- because a move that finds none fails whole and loses nothing, and a default one would have to be locked and
-- scanned for each new month.
-- No foreign keys: to drop a partition with one locks the table that it refers to, which everybody writes.
create table engine.job_history (
  ended_at timestamptz not null,
  like engine.jobs,
  constraint job_history_pk primary key (team_id, id, ended_at)
) partition by range (ended_at);
create index job_history_by_enrollment on engine.job_history (team_id, enrollment_id);
create index job_history_by_campaign on engine.job_history (team_id, campaign_id, id);
comment on table engine.job_history is 'Jobs of enrollments that ended longer ago than the deployment''s grace, by month of that end.';
comment on column engine.job_history.ended_at is 'When the enrollment ended: the same in all rows of its history.';
