-- What a definition would give, worked out by a worker and kept for a while. One row for a definition and
-- its exclusions, so that asking again is asking for the same thing.
create table engine.audience_previews (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  request_hash bytea not null,
  source public.audience_source not null,
  definition jsonb not null,
  exclusions jsonb not null default '{}',
  status public.run_status not null default 'QUEUED',
  started_at timestamptz,
  ended_at timestamptz,
  waits_for text,
  result jsonb,
  failure_code text,
  failure_message text,
  constraint audience_previews_pk primary key (team_id, id),
  constraint audience_previews_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint audience_previews_one_for_a_request unique (team_id, request_hash),
  constraint audience_previews_status_is_possible check (status <> 'PARTIAL'),
  constraint audience_previews_succeeded_ones_have_a_result check ((status = 'SUCCEEDED') = (result is not null)),
  constraint audience_previews_failed_ones_say_why
  check ((status = 'FAILED') = (failure_code is not null) and (failure_code is null) = (failure_message is null)),
  constraint audience_previews_ended_ones_have_a_time check ((status in ('SUCCEEDED', 'FAILED')) = (ended_at is not null))
);
create index audience_previews_by_end on engine.audience_previews (ended_at);
comment on table engine.audience_previews is 'Counts and samples of definitions before they are saved.';
comment on column engine.audience_previews.result is '{count, counts{…}, sample[]}.';
