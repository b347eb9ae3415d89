-- The ledger of enrollments that ended a while ago. The job's number and channel stand here too: how often
-- a person was contacted is read from one index.
create table engine.attempt_history (
  ended_at timestamptz not null,
  enrollment_id uuid not null,
  phone text not null,
  channel public.contact_channel not null,
  like engine.attempts,
  constraint attempt_history_pk primary key (team_id, id, ended_at)
) partition by range (ended_at);
create index attempt_history_by_job on engine.attempt_history (team_id, job_id);
create index attempt_history_by_id on engine.attempt_history (id);
create index attempt_history_by_provider_id on engine.attempt_history (provider, provider_id)
where provider_id is not null;
create index attempt_history_by_phone on engine.attempt_history (team_id, phone, begun_at) include (channel)
where status in ('OPEN', 'AMBIGUOUS', 'ACCEPTED');
comment on table engine.attempt_history is 'Attempts of enrollments that ended longer ago than the deployment''s grace.';
comment on column engine.attempt_history.ended_at is 'When the enrollment ended: never before the attempt began.';
