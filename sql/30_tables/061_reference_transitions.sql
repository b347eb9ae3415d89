-- The state machines as rows: what refusals list as allowed, and what tests walk through.
create table reference.transitions (
  entity text not null,
  from_status text not null,
  to_status text not null,
  constraint transitions_pk primary key (entity, from_status, to_status)
);
comment on table reference.transitions is 'Legal steps of every state machine.';
