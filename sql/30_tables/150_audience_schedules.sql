-- When a list is refreshed. One row a list: whether the list is refreshed by the clock is said here and
-- nowhere else, so that a list and its schedule can't disagree, and one toggle is one update.
create table public.audience_schedules (
  team_id uuid not null,
  list_id uuid not null,
  expression text not null,
  timezone text not null,
  is_enabled boolean not null default true,
  next_run_at timestamptz,
  last_run_at timestamptz,
  last_run_id uuid,
  last_skipped_at timestamptz,
  created_at timestamptz not null default engine.now(),
  updated_at timestamptz not null default engine.now(),
  constraint audience_schedules_pk primary key (team_id, list_id),
  constraint audience_schedules_list_exists
  foreign key (team_id, list_id) references public.audience_lists (team_id, id) on delete cascade,
  constraint audience_schedules_last_run_exists
  foreign key (team_id, last_run_id) references public.audience_runs (team_id, id) on delete set null (last_run_id),
  constraint audience_schedules_expression_is_present check (btrim(expression) <> '' and octet_length(expression) < 1000),
  constraint audience_schedules_enabled_ones_have_a_next_run check (is_enabled = (next_run_at is not null))
);
create index audience_schedules_by_last_run on public.audience_schedules (team_id, last_run_id);
create index audience_schedules_by_next_run on public.audience_schedules (next_run_at) where is_enabled;
comment on table public.audience_schedules is 'Cron expressions by which lists are refreshed, in the zone of each list.';
comment on column public.audience_schedules.expression is 'As it was set, in the dialect of pg_cron.';
comment on column public.audience_schedules.next_run_at is 'Null while the schedule is off.';
comment on column public.audience_schedules.last_run_at is 'When the schedule last queued a run; a run that a person started is not meant.';
comment on column public.audience_schedules.last_skipped_at is 'The last time that came while the list had a run open, so that none was queued.';
alter table public.audience_schedules enable row level security;
create policy audience_schedules_are_seen_by_members on public.audience_schedules for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.audience_schedules to authenticated, service_role;
