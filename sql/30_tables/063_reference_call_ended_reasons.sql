-- What Vapi's endedReason means. It is an open set of hundreds of strings, so they are classified by
-- pattern; the longest pattern that fits wins, and what nothing fits has failed.
create table reference.call_ended_reasons (
  pattern text not null,
  outcome public.job_outcome not null,
  scope text not null default 'job',
  constraint call_ended_reasons_pk primary key (pattern),
  constraint call_ended_reasons_scope_is_known check (scope in ('job', 'capacity', 'account'))
);
comment on table reference.call_ended_reasons is 'Outcome and scope of Vapi''s ended reasons, by LIKE pattern.';
comment on column reference.call_ended_reasons.scope is
'job: it is about this call. capacity: nobody was dialled for want of a line. account: nobody will be, until someone mends the account.';
