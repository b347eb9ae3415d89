-- Contacts that have changed since the index of the search was brought up to date: one row for each, or
-- one for all that a statement wrote. A search looks at them one by one, so that it is exact all the time.
create table engine.search_backlog (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  first_id uuid not null,
  last_id uuid not null,
  constraint search_backlog_pk primary key (team_id, id),
  constraint search_backlog_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint search_backlog_goes_forward check (first_id <= last_id)
);
create index search_backlog_in_order on engine.search_backlog (id);
comment on table engine.search_backlog is 'Ranges of contacts'' ids in which something is newer than the search''s index.';
