-- How far each team's ServiceTitan was asked what was cancelled. Another tenant gets another id, so that whoever
-- still reads the one before stores nothing.
create table engine.servicetitan_watches (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  queued_at timestamptz,
  looked_at timestamptz,
  constraint servicetitan_watches_pk primary key (team_id),
  constraint servicetitan_watches_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
comment on table engine.servicetitan_watches is 'How far each team''s ServiceTitan was asked for cancelled jobs and appointments.';
comment on column engine.servicetitan_watches.id is 'What tasks that look are for.';
comment on column engine.servicetitan_watches.queued_at is 'When a look was last queued.';
comment on column engine.servicetitan_watches.looked_at is 'Until when everything that was cancelled is known; null: nobody has looked.';
