-- What can come of putting an appointment on hold. Its one home: items keep only the code, and take from
-- here the sentence, whether the customer is contacted, and whether another try can help.
create table reference.hold_outcomes (
  code text not null,
  message text not null,
  can_retry boolean not null,
  lets_contact boolean not null,
  cure text not null,
  constraint hold_outcomes_pk primary key (code),
  constraint hold_outcomes_are_settled_when_held check (not (can_retry and lets_contact))
);
comment on table reference.hold_outcomes is 'Outcomes of holds: whether they let the customer be contacted, and whether a retry can help.';
comment on column reference.hold_outcomes.can_retry is 'Whether another try can help while nobody changes anything.';
