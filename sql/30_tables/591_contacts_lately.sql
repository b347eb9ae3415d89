-- The same of the last day, which is always in the hot table: what the gate asks for every job, without
-- touching a partition.
create view engine.contacts_lately as
select a.team_id, a.phone, a.phone_number_id, a.begun_at
from engine.attempts as a
where a.status in ('OPEN', 'AMBIGUOUS', 'ACCEPTED') and a.is_contact;
comment on view engine.contacts_lately is
'Contacts made, complete for the last day at least: see engine.deployment.history_grace.';
