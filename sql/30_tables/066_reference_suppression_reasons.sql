-- Why a number is not reached, and who may lift that. The checks of public.suppressions and of the ledger
-- name the same reasons; a test compares them, and docs/consent.md with this.
create table reference.suppression_reasons (
  reason text not null,
  set_by text not null,
  lifted_by text not null,
  meaning text not null,
  constraint suppression_reasons_pk primary key (reason),
  constraint suppression_reasons_set_by_is_known check (set_by in ('people', 'servicetitan')),
  constraint suppression_reasons_lifted_by_is_known check (lifted_by in ('person', 'admin', 'servicetitan'))
);
comment on table reference.suppression_reasons is 'Reasons of suppressions: what each means, who sets it and who may lift it.';
comment on column reference.suppression_reasons.set_by is 'people: opt_out and import_suppressions take it; servicetitan: it follows a mark there.';
comment on column reference.suppression_reasons.lifted_by is
'person: the person''s own act does; admin: only an admin who names the reason and says why; servicetitan: only the mark''s end there.';
