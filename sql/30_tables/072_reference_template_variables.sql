-- What a text may say about the person it goes to. A template names these, or the keys of its own
-- overrides; anything else would go out as a gap, so validation refuses it.
create table reference.template_variables (
  name text not null,
  meaning text not null,
  example text not null,
  constraint template_variables_pk primary key (name),
  constraint template_variables_are_names check (name ~ '^[a-z]+(_[a-z]+)*$')
);
comment on table reference.template_variables is 'Variables that every text template knows.';
