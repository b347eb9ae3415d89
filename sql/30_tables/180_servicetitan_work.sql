-- The jobs and appointments that members of lists matched by, and what is known of their being cancelled: as a
-- refresh saw it when they matched, and since. A list may want cancelled ones; only what changed since stops anybody.
create table engine.servicetitan_work (
  team_id uuid not null,
  kind text not null,
  id bigint not null,
  was_cancelled boolean not null,
  cancelled_at timestamptz,
  kept_at timestamptz not null default engine.now(),
  constraint servicetitan_work_pk primary key (team_id, kind, id),
  constraint servicetitan_work_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint servicetitan_work_kind_is_known check (kind in ('job', 'appointment'))
);
create index servicetitan_work_cancelled on engine.servicetitan_work (team_id) where cancelled_at is not null;
create index servicetitan_work_by_age on engine.servicetitan_work (kept_at);
comment on table engine.servicetitan_work is 'Jobs and appointments that members of lists matched by, and whether they were cancelled.';
comment on column engine.servicetitan_work.was_cancelled is 'Whether it was cancelled when a refresh last matched it.';
comment on column engine.servicetitan_work.cancelled_at is
'When we learned that it was cancelled although it was not when it matched; null: not that anybody knows.';
comment on column engine.servicetitan_work.kept_at is
'When it was last known to be needed, to the month: a refresh matched it, or somebody was found enrolled for it.';
