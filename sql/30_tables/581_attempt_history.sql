-- The ledger of enrollments that ended a while ago; see engine.job_history.
create table engine.attempt_history (
  like engine.attempts,
  constraint attempt_history_pk primary key (team_id, id, begun_at)
) partition by range (begun_at);
create index attempt_history_by_job on engine.attempt_history (team_id, job_id);
create index attempt_history_by_id on engine.attempt_history (id);
create index attempt_history_by_provider_id on engine.attempt_history (provider, provider_id)
where provider_id is not null;
-- What caps and exclusions are counted by.
create index attempt_history_by_phone on engine.attempt_history (team_id, phone, begun_at);
comment on table engine.attempt_history is 'Attempts of enrollments that ended longer ago than the deployment''s grace, by the month in which they began.';
