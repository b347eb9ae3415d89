-- A row of a do-not-contact list, read.
create type engine.stop_row as (
  row_number bigint,
  raw text,
  phone text,
  channel text,
  note text,
  problems text []
);
comment on type engine.stop_row is 'What a row of a do-not-contact list stops, and the codes of what is wrong with it.';
