-- Where the rows of an import wait until all of them are checked. It is the one table that workers
-- write themselves: COPY is the only way to bring in a million rows in seconds. Unlogged: after a
-- crash the import is repeated from its file. Every cell is text as it came; nothing here is trusted.
create unlogged table engine.import_rows (
  team_id uuid not null,
  run_id uuid not null,
  row_number bigint not null,
  phone text,
  first_name text,
  last_name text,
  full_name text,
  email text,
  timezone text,
  postal_code text,
  servicetitan_customer_id text,
  reader_problem text,
  constraint import_rows_pk primary key (team_id, run_id, row_number)
);
comment on table engine.import_rows is 'Rows of running imports, as they came. Workers copy into it; a run empties it when it ends.';
comment on column engine.import_rows.phone is 'The cell, or the cells of several phone columns on lines of their own.';
comment on column engine.import_rows.reader_problem is 'Code of what the reader of the file found odd about the row.';
grant insert on engine.import_rows to outbound_worker;
