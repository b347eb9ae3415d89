-- One refresh or import of a list: what came in, what became of it, and why. The run of an import
-- that would make a new list carries the list's name; the list is made when the rows turn out right,
-- so that a refused file leaves no list.
create table public.audience_runs (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  list_id uuid,
  list_name text not null,
  source public.audience_source not null,
  status public.run_status not null default 'QUEUED',
  is_partial_allowed boolean not null default false,
  mapping jsonb not null default '{}',
  file_name text,
  fetched_count bigint not null default 0,
  added_count bigint not null default 0,
  updated_count bigint not null default 0,
  removed_count bigint not null default 0,
  excluded_count bigint not null default 0,
  rejected_count bigint not null default 0,
  duplicate_count bigint not null default 0,
  warning_count bigint not null default 0,
  failure_code text,
  failure_message text,
  started_by uuid,
  created_at timestamptz not null default engine.now(),
  started_at timestamptz,
  lease_expires_at timestamptz,
  ended_at timestamptz,
  definition jsonb not null default '{}',
  waits_for text,
  constraint audience_runs_pk primary key (team_id, id),
  constraint audience_runs_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint audience_runs_list_exists
  foreign key (team_id, list_id) references public.audience_lists (team_id, id) on delete cascade,
  constraint audience_runs_list_name_is_present check (length(btrim(list_name)) between 1 and 200),
  constraint audience_runs_mapping_is_an_object check (jsonb_typeof(mapping) = 'object'),
  constraint audience_runs_counts_are_not_negative check (
    least(
      fetched_count, added_count, updated_count, removed_count, excluded_count, rejected_count, duplicate_count,
      warning_count
    ) >= 0
  ),
  constraint audience_runs_account_for_every_row check (
    status not in ('SUCCEEDED', 'PARTIAL')
    or fetched_count = added_count + updated_count + excluded_count + rejected_count + duplicate_count
  ),
  constraint audience_runs_partial_ones_rejected_rows check ((status <> 'PARTIAL') or rejected_count > 0),
  constraint audience_runs_succeeded_ones_rejected_none check ((status <> 'SUCCEEDED') or rejected_count = 0),
  constraint audience_runs_stored_into_a_list check (status not in ('SUCCEEDED', 'PARTIAL') or list_id is not null),
  constraint audience_runs_failed_ones_say_why
  check ((status = 'FAILED') = (failure_code is not null) and (failure_code is null) = (failure_message is null)),
  constraint audience_runs_started_have_a_time check (status not in ('RUNNING', 'SUCCEEDED', 'PARTIAL') or started_at is not null),
  constraint audience_runs_ended_have_a_time
  check ((status in ('SUCCEEDED', 'PARTIAL', 'FAILED')) = (ended_at is not null)),
  constraint audience_runs_open_ones_are_leased
  check ((status in ('QUEUED', 'RUNNING')) = (lease_expires_at is not null))
);
create unique index audience_runs_one_at_a_time
on public.audience_runs (team_id, list_id) where status in ('QUEUED', 'RUNNING') and list_id is not null;
create unique index audience_runs_one_at_a_time_for_a_new_list
on public.audience_runs (team_id, lower(list_name)) where status in ('QUEUED', 'RUNNING') and list_id is null;
create index audience_runs_by_list on public.audience_runs (team_id, list_id, id);
create index audience_runs_by_lease on public.audience_runs (lease_expires_at) where status in ('QUEUED', 'RUNNING');
comment on table public.audience_runs is 'Refreshes and imports of lists, with counts of what came in and what became of it.';
comment on column public.audience_runs.list_id is 'Null while an import has not made its list, and for good when it was refused.';
comment on column public.audience_runs.fetched_count is 'Rows that came in, blank ones aside.';
comment on column public.audience_runs.added_count is 'Members that the run added to the list.';
comment on column public.audience_runs.updated_count is 'Rows of contacts that were members already.';
comment on column public.audience_runs.duplicate_count is 'Rows whose number is in an earlier row of the run.';
comment on column public.audience_runs.warning_count is 'Rows that were used without one of their values.';
comment on column public.audience_runs.lease_expires_at is
'When an open run counts as abandoned, unless a transaction holds its row at that moment.';
comment on column public.audience_runs.definition is 'What a refresh asked for: the list''s definition when it began.';
comment on column public.audience_runs.waits_for is 'What a running refresh waits for, in words; null while it goes on.';
comment on column public.audience_runs.started_by is 'The person who started it; null for a service.';
alter table public.audience_runs enable row level security;
create policy audience_runs_are_seen_by_members on public.audience_runs for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.audience_runs to authenticated, service_role;
