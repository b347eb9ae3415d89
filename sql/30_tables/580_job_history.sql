-- The jobs of enrollments that ended a while ago, moved here so that the table that workers claim from stays
-- as small as what goes on. A partition for each month, by the row's own time: what asks for the last weeks
-- reads the last months, and retention drops whole ones. The tick makes them; there is no default partition,
-- because a move that finds none fails whole and loses nothing, and a default one would have to be locked and
-- searched for each new month.
-- The columns are those of the hot table, in its order. No foreign keys: to drop a partition that has one locks
-- the table that it refers to, which everybody writes.
create table engine.job_history (
  like engine.jobs,
  constraint job_history_pk primary key (team_id, id, finished_at)
) partition by range (finished_at);
create index job_history_by_enrollment on engine.job_history (team_id, enrollment_id);
create index job_history_by_campaign on engine.job_history (team_id, campaign_id, id);
comment on table engine.job_history is 'Jobs of enrollments that ended longer ago than the deployment''s grace, by the month in which they finished.';
