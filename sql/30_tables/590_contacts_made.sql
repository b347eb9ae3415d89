-- Whom we reached, or may have: what every cap and every "recently contacted" counts. One home, so that they
-- all count alike, and so that where old attempts are kept is said once. The history reads the months since
-- begun_at.
create view engine.contacts_made as
select a.team_id, a.phone, a.phone_number_id, a.provider, a.job_id, a.id as attempt_id, a.begun_at
from engine.attempts as a
where a.status in ('OPEN', 'AMBIGUOUS', 'ACCEPTED') and a.is_contact
union all
select h.team_id, h.phone, h.phone_number_id, h.provider, h.job_id, h.id, h.begun_at
from engine.attempt_history as h
where h.status in ('OPEN', 'AMBIGUOUS', 'ACCEPTED') and h.is_contact;
comment on view engine.contacts_made is
'Calls and texts that a provider took or may have taken, by number; begun_at is when each was sent.';
