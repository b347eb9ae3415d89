-- Pages of a custom report for a running refresh or preview, as they came: a page may cost a minute, so
-- none is asked for twice, whoever dies in between.
create table engine.report_pages (
  team_id uuid not null,
  subject_id uuid not null,
  page_number integer not null,
  columns text[] not null,
  rows jsonb not null,
  constraint report_pages_pk primary key (team_id, subject_id, page_number),
  constraint report_pages_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint report_pages_number_is_positive check (page_number >= 1),
  constraint report_pages_rows_are_an_array check (jsonb_typeof(rows) = 'array')
);
comment on table engine.report_pages is 'Pages of reports that running refreshes and previews have read.';
