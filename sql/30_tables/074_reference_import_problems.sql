-- What can be wrong with a row of an import, and whether that refuses the row. Its one home: errors
-- of a run keep only the code, and take the sentence from here.
create table reference.import_problems (
  code text not null,
  severity text not null,
  message text not null,
  constraint import_problems_pk primary key (code),
  constraint import_problems_severity_is_known check (severity in ('error', 'warning', 'info'))
);
comment on table reference.import_problems is
'Problems of imported rows: error refuses the row, warning drops one value, info only tells.';
