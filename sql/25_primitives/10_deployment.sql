-- What this database is for. A production database can never have its clock set; a sandbox can.
-- The way is one-way: only an empty database can become a sandbox, and it stays one.
create table engine.deployment (
  is_singleton boolean not null default true,
  environment text not null default 'production',
  clock_at timestamptz,
  clock_set_at timestamptz,
  clock_rate double precision not null default 1,
  history_grace interval not null default '3 days',
  history_retention interval not null default '24 months',
  constraint deployment_pk primary key (is_singleton),
  constraint deployment_has_one_row check (is_singleton),
  constraint deployment_environment_is_known check (environment in ('production', 'sandbox')),
  constraint deployment_clock_is_set_in_sandbox_only
  check (environment = 'sandbox' or (clock_at is null and clock_set_at is null and clock_rate = 1)),
  constraint deployment_clock_runs_forward check (clock_rate >= 0),
  constraint deployment_clock_is_whole check ((clock_at is null) = (clock_set_at is null)),
  -- A contact's limits of a day are counted from the hot tables alone.
  constraint deployment_grace_is_more_than_a_day check (history_grace >= interval '2 days'),
  constraint deployment_history_is_kept_for_a_month check (history_retention >= interval '1 month')
);
comment on table engine.deployment is
'One row: production or sandbox, and where the sandbox''s clock stands (clock_at, at the real moment clock_set_at, running clock_rate times as fast as real time).';
comment on column engine.deployment.history_grace is
'How long after its end everything about an enrollment stays in the hot tables: longer than news of a call is late.';
comment on column engine.deployment.history_retention is 'How long history is kept; whole months go when they are older.';
insert into engine.deployment default values;
