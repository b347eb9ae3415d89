-- The ledger of consent is only ever added to, by whoever writes. A team that is deleted takes its own
-- with it.
create or replace trigger consent_events_stay_as_written
before update or delete on public.consent_events
for each row
execute function engine.guard_ledger();

create or replace trigger consent_events_are_not_emptied
before truncate on public.consent_events
for each statement
execute function engine.guard_ledger();
