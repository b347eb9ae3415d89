-- Why something was not done, put off or over, in words, and what an operator can do about it. Rows of the
-- engine keep only the code.
create table reference.reasons (
  code text not null,
  message text not null,
  cure text not null,
  constraint reasons_pk primary key (code),
  constraint reasons_are_sentences check (message like '%.' and cure like '%.')
);
comment on table reference.reasons is 'Reason codes of jobs, enrollments and the gate, as sentences with what can be done.';
