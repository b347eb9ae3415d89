-- The codes are part of the contract with frontends; docs/outreach.md lists them.
insert into reference.hold_outcomes (code, message, can_retry, lets_contact, cure) values
('held', 'The appointment is on hold.', false, true, 'Nothing to do: the customer is contacted.'),
('already_held', 'The appointment was on hold already.', false, true, 'Nothing to do: the customer is contacted.'),
(
  'appointment_dispatched', 'The appointment is dispatched, under way or over: it can''t be held any more.', false, false,
  'Reach the customer in another way; a technician is assigned.'
),
('reason_inactive', 'The hold reason is not active in ServiceTitan.', false, false, 'Retry with another hold reason.'),
('not_found', 'ServiceTitan has no such appointment.', false, false, 'Refresh the list: the appointment was deleted.'),
('rate_limited', 'ServiceTitan turned the request away for coming too fast.', true, false, 'Retry later.'),
(
  'unknown', 'Nobody knows whether the appointment is on hold.', true, false,
  'Retry: the appointment is read before anything is asked.'
)
on conflict (code) do update set
  message = excluded.message, can_retry = excluded.can_retry, lets_contact = excluded.lets_contact, cure = excluded.cure;
