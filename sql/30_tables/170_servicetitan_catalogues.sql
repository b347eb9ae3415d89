-- When each kind of catalogue was last read, and what went wrong since.
create table engine.servicetitan_catalogues (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  read_at timestamptz,
  failure_code text,
  failure_message text,
  constraint servicetitan_catalogues_pk primary key (team_id),
  constraint servicetitan_catalogues_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint servicetitan_catalogues_failed_ones_say_why check ((failure_code is null) = (failure_message is null))
);
comment on table engine.servicetitan_catalogues is 'The state of a team''s cached catalogue.';
comment on column engine.servicetitan_catalogues.id is 'What tasks that refresh the catalogue are for.';
