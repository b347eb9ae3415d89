-- What explain_contact says. docs/operations.md lists them; a test finds codes of the gate that are missing.
insert into reference.reasons (code, message, cure) values
-- the gate: closed for good
('campaign_cancelled', 'The campaign was cancelled.', 'Nothing: cancelling is meant to stop everything.'),
('enrollment_ended', 'The journey through the campaign was over.', 'Nothing; the end has a reason of its own.'),
('suppressed_opted_out', 'The number has opted out.', 'Nothing, unless she opts in again herself.'),
('suppressed_do_not_contact', 'The number is on the do-not-contact list.', 'An admin can lift the entry when it is wrong.'),
('suppressed_do_not_text', 'The number must not be texted.', 'Call instead, or mend the contact in ServiceTitan.'),
(
  'suppressed_do_not_service', 'ServiceTitan marks the customer doNotService.',
  'Mend the customer in ServiceTitan when the mark is wrong.'
),
('suppressed_invalid', 'The number is known to be invalid.', 'Correct the number at its source and refresh the list.'),
('suppressed_litigator', 'The number belongs to a known litigator.', 'Nothing.'),
(
  'number_is_fictitious', 'The number is reserved for fiction, and the account is a real one.',
  'Use such numbers only with sandbox accounts.'
),
('timezone_unknown', 'Nobody knows in which time zone the contact is.', 'Give the contact a ZIP code or a time zone.'),
('too_late', 'It was later than the campaign allows.', 'Raise max_lateness in a new campaign, or retry what failed.'),
('never_open', 'No hour is open both by law and by the node.', 'Widen the business hours of the node.'),
-- the gate: held until somebody acts
('campaign_not_active', 'The campaign was not active.', 'Resume the campaign.'),
('integration_paused', 'The provider''s account is paused.', 'See the reason at the integration, mend it, and turn it on again.'),
(
  'number_not_verified', 'The campaign''s sending number is no longer verified for what would be sent.',
  'Verify the number again; everything goes on by itself then.'
),
(
  'assistant_inactive', 'An assistant that the campaign''s calls or texts need is no longer active.',
  'Activate the assistant again; everything goes on by itself then.'
),
('live_account_in_sandbox', 'The account is a real one, and this is a sandbox.', 'Connect the sandbox''s account.'),
('undecided', 'The gate could not decide, and lets nobody through then.', 'Report it: this is a defect.'),
-- the gate: put off
('outside_hours', 'It was outside the hours in which the contact may be reached.', 'Nothing: it goes out when they open.'),
('call_in_progress', 'Another call to the number was going on.', 'Nothing: it is tried again in ten minutes.'),
('one_at_a_time', 'Another job for the same number was first.', 'Nothing: it is tried again in ten minutes.'),
('stop_in_progress', 'Somebody was stopping the number at that moment.', 'Nothing: it is closed, or tried again ten seconds later.'),
('held_elsewhere', 'Its campaign or contact was being changed at that moment.', 'Nothing: it is tried again ten seconds later.'),
('daily_limit', 'The law allows no more contacts with the number on that day.', 'Nothing: it goes out on the next day.'),
(
  'frequency_cap', 'The team contacts one number no oftener, whatever the campaign.',
  'Nothing: it goes out when the oldest contact no longer counts, and is closed if that is too late. An admin sets the cap.'
),
(
  'frequency_priority', 'The last contact that the team''s cap leaves is for a better campaign.',
  'Nothing: it is tried again in ten minutes. Give the campaign a better priority than the other one.'
),
('number_rate', 'The sending number had made as many requests in a minute as it may.', 'Nothing: it goes out a moment later.'),
(
  'number_daily_limit', 'The sending number had made as many contacts on that day as it may.',
  'Nothing: it goes out on the team''s next day. An admin sets the limit.'
),
(
  'account_paced', 'The provider said that it was too much, and the account went on more slowly.',
  'Nothing: it recovers by itself. See the health of the integration.'
),
-- left out at launch
('excluded_phone', 'The number is among those that are left out.', 'Take it off the exclusions of the next campaign.'),
('excluded_in_list', 'The customer, under this number or another, is in a list that is left out.', 'Take the list off the exclusions of the next campaign.'),
('excluded_in_campaign', 'The customer, under this number or another, is in a campaign that is left out.', 'Take it off the exclusions of the next campaign.'),
('excluded_tag', 'The customer has a tag that is left out.', 'Take the tag off the exclusions of the next campaign.'),
('excluded_recently_contacted', 'The customer, under this number or another, was called or texted a short time before.', 'Launch again later.'),
('excluded_booked', 'The customer, under this number or another, had booked already.', 'Nothing: she has booked.'),
('not_targeted', 'The contact is not among those that the campaign targets.', 'Widen the targeting of the next campaign.'),
(
  'same_customer', 'The customer is in the campaign under another number.',
  'Nothing: one number of a customer is enough. When the other one proves dead, a retry of what failed takes up this one.'
),
-- never enrolled
('not_a_member', 'The contact is not in the campaign''s list.', 'See the runs of the list: excluded, rejected, or never matched.'),
('campaign_not_launched', 'The campaign has not been launched.', 'Launch it.'),
('campaign_scheduled', 'The campaign starts later.', 'Nothing: she is enrolled when it starts.'),
('campaign_never_ran', 'The campaign was cancelled before it was launched.', 'Create another campaign.'),
(
  'joined_too_late', 'The contact came into the list after the launch, and the campaign does not enroll continuously.',
  'Enroll continuously in the next campaign.'
),
('hold_pending', 'The appointment is put on hold first.', 'Nothing: the contact is enrolled when it is held.'),
('hold_failed', 'The appointment could not be put on hold.', 'See the hold''s own reason, then retry it.'),
('hold_cancelled', 'The outreach was cancelled before the appointment was held.', 'Launch another outreach.'),
('left_out_of_outreach', 'The outreach left the contact out.', 'See the dry run of the outreach.'),
-- what came of requests
('booked', 'The contact booked.', 'Nothing.'),
('opted_out', 'The contact opted out.', 'Nothing, unless she opts in again herself.'),
('opted_in', 'The contact opted in.', 'Nothing.'),
('answered', 'The call was answered.', 'Nothing.'),
('voicemail', 'The call reached a voicemail.', 'Nothing, or let the node try again.'),
('no_answer', 'Nobody answered.', 'Nothing, or let the node try again.'),
('busy', 'The line was busy.', 'Nothing, or let the node try again.'),
('delivered', 'The text was delivered.', 'Nothing.'),
('replied', 'The contact replied.', 'Nothing.'),
('inbound_text', 'The contact wrote back.', 'Nothing.'),
('no_reply', 'Nobody replied in time.', 'Nothing.'),
('reply_window_over', 'Nobody replied in time.', 'Nothing.'),
('undeliverable', 'The number cannot be reached.', 'Correct the number at its source.'),
('failed', 'The request failed.', 'See the attempts, then retry what failed.'),
('refused', 'The provider refused the request.', 'See the attempt''s code at the provider.'),
('retries_exhausted', 'The provider kept asking to try later until the budget of retries was spent.', 'Retry what failed.'),
('provider_lost_it', 'The provider took the request and knows nothing of it any more.', 'Retry what failed.'),
(
  'account_changed', 'It was in doubt whether the request had arrived when another account was connected, which can''t say.',
  'See at the account of before whether she was reached, and retry if not.'
),
('sent_unconfirmed', 'The carrier never confirmed the delivery.', 'Nothing: it is taken as delivered.'),
('never_sent', 'The provider kept the text queued for two days.', 'Retry what failed.'),
('never_ended', 'The provider kept calling the call unfinished for six hours.', 'Retry what failed.'),
('lease_expired', 'The worker went silent while it was sending.', 'Nothing: the provider is asked before anything is sent again.'),
('worker_fault', 'The worker failed while it was sending.', 'See the worker''s log, and report it.'),
('tool_call', 'The assistant recorded it during the call.', 'Nothing.'),
(
  'job_cancelled', 'The job or appointment that the contact was enrolled for was cancelled in ServiceTitan.',
  'Nothing. When it was a mistake, call the contact yourself, or launch again.'
),
('cancelled_by_operator', 'An operator called it off.', 'Retry what failed does not bring it back; launch again.'),
-- what providers say, as far as it is common; they have more codes than a list can hold
('21211', 'The provider takes it for no phone number.', 'Correct the number at its source.'),
('21266', 'The contact has the very number that sends.', 'Take the contact off the list.'),
('21408', 'The account may not text to that country.', 'Enable the country at the provider, then retry what failed.'),
('21610', 'The number has opted out at the provider.', 'Nothing, unless she opts in again herself.'),
('21612', 'The sending number cannot reach the number.', 'Call instead, or send from another number.'),
('21614', 'The number is no mobile number.', 'Call instead.'),
('21635', 'The number is a landline.', 'Call instead.'),
('30003', 'The phone was switched off or out of reach.', 'Retry what failed later; correct the number when it stays so.'),
('30004', 'The person or her carrier blocks texts from the sending number.', 'Call instead.'),
('30005', 'The carrier knows no such number.', 'Correct the number at its source.'),
('30006', 'The number is a landline, or its carrier takes no texts.', 'Call instead.'),
(
  '30007', 'The carrier took the text for spam.',
  'Word the template less like an advertisement, and see the registration of the sending number.'
),
('30008', 'The text was not delivered, and the carrier said no reason.', 'Retry what failed.'),
(
  '30034', 'The sending number is not registered for texts to the United States.',
  'Register it at the provider (A2P 10DLC), then retry what failed.'
),
('twilio-failed-to-connect-call', 'The carrier could not connect the call.', 'Retry what failed.'),
('twilio-reported-customer-misdialed', 'The number is not in service.', 'Correct the number at its source.')
on conflict (code) do update set message = excluded.message, cure = excluded.cure;
