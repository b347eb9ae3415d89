-- What each code of graph validation looks like. Kept apart from the words, because graphs are long.
create table reference.validation_examples (
  code text not null,
  beside text array not null default '{}',
  example jsonb not null,
  cured jsonb not null,
  constraint validation_examples_pk primary key (code),
  constraint validation_examples_are_of_a_code foreign key (code) references reference.validation_codes (code)
);
comment on table reference.validation_examples is
'For each code a smallest graph with that problem, and the same graph cured. CALL_ASSISTANT_ID, TEXT_ASSISTANT_ID and '
'INACTIVE_ASSISTANT_ID stand for ids of a team''s assistants.';
comment on column reference.validation_examples.beside is 'Other codes that the example can''t but have, too.';
comment on column reference.validation_examples.cured is 'The example with the cure applied; it has no issue at all.';
