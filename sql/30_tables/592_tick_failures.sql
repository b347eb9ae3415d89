-- What the tick could not do when it tried last, and since when. A step that goes well again takes its row away, so
-- that whatever is here stands: `outbound doctor` shows it. Nothing reads it to decide anything but whom to try last.
create table engine.tick_failures (
  step text not null,
  subject text not null default '',
  first_failed_at timestamptz not null default engine.now(),
  failed_at timestamptz not null default engine.now(),
  failure_count bigint not null default 1,
  code text not null,
  message text not null,
  constraint tick_failures_pk primary key (step, subject),
  constraint tick_failures_count_is_positive check (failure_count > 0)
);
comment on table engine.tick_failures is 'Steps of the tick that failed when they were last tried.';
comment on column engine.tick_failures.subject is 'Id of what the step failed for, such as a campaign; empty: the step as a whole.';
comment on column engine.tick_failures.first_failed_at is 'The first failure since it last went well.';
comment on column engine.tick_failures.code is 'SQLSTATE.';
