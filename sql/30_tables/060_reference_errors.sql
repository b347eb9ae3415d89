-- The registry of refusals: its one home in SQL. Python's map and the docs are tested against it.
create table reference.errors (
  sqlstate text not null,
  name text not null,
  meaning text not null,
  detail_shape text not null,
  constraint errors_pk primary key (sqlstate),
  constraint errors_sqlstate_is_ours check (sqlstate ~ '^OB[0-9]{3}$'),
  constraint errors_names_are_unique unique (name)
);
comment on table reference.errors is 'Every SQLSTATE that an RPC raises on purpose, and the shape of its detail.';
