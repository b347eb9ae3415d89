-- What providers told about enrollments that ended a while ago, and what belongs to no attempt: texts that
-- people sent, events of nobody's. It still tells whether an event has been seen before. See engine.job_history.
create table engine.event_history (
  like engine.events,
  constraint event_history_pk primary key (provider, event_key, received_at)
) partition by range (received_at);
create index event_history_by_attempt on engine.event_history (team_id, attempt_id);
comment on table engine.event_history is 'Events that were applied or ignored longer ago than the deployment''s grace, by the month in which they came.';
