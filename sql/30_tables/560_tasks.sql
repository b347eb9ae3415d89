-- What workers do for ServiceTitan, apart from calls and texts: nobody is reached by a task, so it needs
-- no gate and no ledger, but it is leased, resumed and never lost as a job is.
create table engine.tasks (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  kind engine.task_kind not null,
  subject_id uuid not null,
  integration_id uuid not null,
  status engine.task_status not null default 'READY',
  run_at timestamptz not null default engine.now(),
  lease_owner text,
  lease_expires_at timestamptz,
  attempt_count integer not null default 0,
  progress jsonb not null default '{}',
  failure_code text,
  failure_message text,
  created_at timestamptz not null default engine.now(),
  finished_at timestamptz,
  constraint tasks_pk primary key (team_id, id),
  constraint tasks_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint tasks_integration_exists
  foreign key (team_id, integration_id) references public.integrations (team_id, id) on delete cascade,
  constraint tasks_progress_is_an_object check (jsonb_typeof(progress) = 'object'),
  constraint tasks_claimed_have_a_lease
  check ((status = 'CLAIMED') = (lease_owner is not null and lease_expires_at is not null)),
  constraint tasks_finished_have_a_time check ((status in ('DONE', 'FAILED')) = (finished_at is not null)),
  constraint tasks_failed_say_why check (status <> 'FAILED' or (failure_code is not null and failure_message is not null))
);
create unique index tasks_one_open_for_a_subject on engine.tasks (team_id, kind, subject_id)
where status in ('READY', 'CLAIMED');
create index tasks_by_id on engine.tasks (id);
create index tasks_by_integration on engine.tasks (team_id, integration_id);
create index tasks_to_claim on engine.tasks (kind, run_at) where status = 'READY';
create index tasks_leased on engine.tasks (lease_expires_at) where status = 'CLAIMED';
create index tasks_finished on engine.tasks (finished_at) where status in ('DONE', 'FAILED');
comment on table engine.tasks is 'Work for ServiceTitan: refreshes, previews, holds, catalogues, watches. Leased, resumed, never lost.';
comment on column engine.tasks.subject_id is 'What it is for: the run, the preview, the outreach item, the catalogue, the watch.';
comment on column engine.tasks.progress is 'Where to go on after a crash; the handler of the kind knows the shape.';
comment on column engine.tasks.attempt_count is 'How often it was begun; waiting that a provider asked for does not count.';
