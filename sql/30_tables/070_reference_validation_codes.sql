-- Every problem that validation of a graph can find. The words live here and nowhere else: checks
-- name a code and what to fill in, and the reference in docs/workflows.md is made from these rows.
create table reference.validation_codes (
  code text not null,
  severity text not null,
  about text not null,
  message text not null,
  meaning text not null,
  cure text not null,
  constraint validation_codes_pk primary key (code),
  constraint validation_codes_are_snake_case check (code ~ '^[a-z]+(_[a-z]+)*$'),
  constraint validation_codes_severity_is_known check (severity in ('error', 'warning')),
  constraint validation_codes_are_about_a_place check (about in ('graph', 'node', 'edge')),
  constraint validation_codes_are_sentences check (message ~ '\.$' and meaning ~ '\.$' and cure ~ '\.$'),
  -- Meaning and cure stand in the docs as they are.
  constraint validation_codes_fill_in_messages_only check (meaning || cure not like '%$s%')
);
comment on table reference.validation_codes is 'Stable codes of graph validation, with severity, message, meaning and cure.';
comment on column reference.validation_codes.message is 'What a person reads first, as a template of format(); the cure follows it.';
comment on column reference.validation_codes.about is 'What an issue of this code points at.';
