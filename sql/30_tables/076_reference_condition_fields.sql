-- What a condition of an audience definition can say: the one list that checks, reads and documents them.
create table reference.condition_fields (
  kind text not null,
  field text not null,
  type text not null,
  words text[],
  meaning text not null,
  constraint condition_fields_pk primary key (kind, field),
  constraint condition_fields_type_is_known
  check (type in ('words', 'ids', 'tags', 'zips', 'amount', 'window', 'flag')),
  constraint condition_fields_words_are_listed check ((type = 'words') = (words is not null))
);
comment on table reference.condition_fields is 'Fields of the conditions in audience definitions, by kind of condition.';
