-- What providers told about enrollments that ended a while ago, and what belongs to no attempt: texts that
-- people sent, events of nobody's. It still tells whether an event has been seen before.
create table engine.event_history (
  ended_at timestamptz not null,
  like engine.events,
  constraint event_history_pk primary key (provider, event_key, ended_at)
) partition by range (ended_at);
create index event_history_by_attempt on engine.event_history (team_id, attempt_id);
comment on table engine.event_history is 'Events that were applied or ignored longer ago than the deployment''s grace.';
comment on column engine.event_history.ended_at is 'When the enrollment ended; for an event of none, when it was dealt with.';
