-- What it means when an assistant calls a tool of such a name during a call.
create table reference.tool_names (
  pattern text not null,
  meaning text not null,
  constraint tool_names_pk primary key (pattern),
  constraint tool_names_meaning_is_known check (meaning in ('opt_out', 'booking'))
);
comment on table reference.tool_names is
'Regular expressions for lower-case names of assistants'' tools that record an opt-out or a booking.';
