-- Rows of an import after the check: normalised values, and what was wrong.
create unlogged table engine.checked_rows (
  team_id uuid not null,
  run_id uuid not null,
  row_number bigint not null,
  phone text,
  phone_extension text,
  first_name text,
  last_name text,
  email text,
  timezone text,
  timezones text[],
  regions text[],
  postal_code text,
  servicetitan_customer_id bigint,
  verdict text not null,
  issues jsonb,
  constraint checked_rows_pk primary key (team_id, run_id, row_number),
  constraint checked_rows_verdict_is_known check (verdict in ('accepted', 'rejected', 'duplicate', 'excluded'))
);
comment on table engine.checked_rows is 'Rows of running imports after the check; a run empties it when it ends.';
comment on column engine.checked_rows.issues is '[{code, field, value}] in order; null when nothing is wrong.';
