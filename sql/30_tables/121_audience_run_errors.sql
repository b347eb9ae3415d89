-- What was wrong with the rows of a run: row, column, code and the value as it came.
create table public.audience_run_errors (
  team_id uuid not null,
  run_id uuid not null,
  position bigint not null,
  row_number bigint not null,
  column_name text not null,
  code text not null,
  severity text not null,
  value text,
  servicetitan_customer_id bigint,
  constraint audience_run_errors_pk primary key (team_id, run_id, position),
  constraint audience_run_errors_run_exists
  foreign key (team_id, run_id) references public.audience_runs (team_id, id) on delete cascade,
  constraint audience_run_errors_row_is_counted_from_one check (row_number >= 1),
  constraint audience_run_errors_severity_is_known check (severity in ('error', 'warning', 'info'))
);
comment on table public.audience_run_errors is
'Problems of a run''s rows in order of row; the sentences are in reference.import_problems.';
comment on column public.audience_run_errors.row_number is 'Place in the file, its header counted, as a spreadsheet shows it.';
comment on column public.audience_run_errors.servicetitan_customer_id is 'Whom the row is about, where it came from ServiceTitan.';
comment on column public.audience_run_errors.value is 'The value as it came, cut to 200 characters.';
alter table public.audience_run_errors enable row level security;
create policy audience_run_errors_are_seen_by_members on public.audience_run_errors for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.audience_run_errors to authenticated, service_role;
