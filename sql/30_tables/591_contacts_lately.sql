-- The same of the last day, which is always in the hot table: what the gate asks for every job, without
-- touching a partition. Whatever is not known to have reached nobody counts: said so, because by the list of the
-- others a plan from when the ledger was empty walks the index of all live attempts for each person.
create view engine.contacts_lately as
select a.team_id, a.phone, a.phone_number_id, a.begun_at
from engine.attempts as a
where a.status not in ('REFUSED', 'TRY_LATER', 'NOT_SENT') and a.is_contact;
comment on view engine.contacts_lately is
'Contacts made, complete for the last day at least: see engine.deployment.history_grace.';
