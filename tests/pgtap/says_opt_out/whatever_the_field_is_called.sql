begin;
select plan(90);

create temp table yes as
select data
from unnest(array[
  '{"opted_out": true}', '{"optedOut": true}', '{"optOut": "yes"}', '{"opt_out": "True"}', '{"do_not_call": true}', '{"doNotContact": 1}',
  '{"DNC": false, "stop_calling": true}', '{"wants_opt_out": true}', '{"unsubscribed": "true"}', '{"revoked_consent": true}',
  '{"opt_out_requested": true}', '{"booked": true, "opted_out": true}', '{"opted_out": [true]}',
  '{"dnc": true}', '{"DNC": "Yes"}', '{"do_not_call_list": true}', '{"dnc_requested": true}', '{"remove_me": true}',
  '{"removeMe": 1}', '{"remove_from_list": "yes"}', '{"removeFromCallList": true}', '{"take_me_off": true}',
  '{"takeMeOffList": true}', '{"unsubscribe": "Y"}', '{"asked_to_opt_out": true}', '{"nested": {"opted_out": true}}',
  '{"consent": {"opt_out": true}}', '{"a": [{"b": {"dnc": "yes"}}]}', '{"opt_out": "Yes."}', '{"opt_out": "yes, she asked"}',
  '{"opt_out": " YES!"}', '{"opt_out": "True - said so twice"}', '{"opt_out": "1"}'
]) as data;
select is(engine.says_opt_out(data::jsonb), true, data) from yes;
select is(
  (engine.read_vapi_event('end-of-call-report', jsonb_build_object(
    'endedReason', 'customer-ended-call', 'analysis', jsonb_build_object('structuredData', data::jsonb)
  ))).outcome,
  'opted_out', 'in a report: ' || data
)
from yes;
select is(engine.says_opt_out(data::jsonb), false, data)
from unnest(array[
  '{}', '{"opted_out": false}', '{"opted_out": "no"}', '{"opted_out": null}', '{"opted_out": {}}', '{"not_opted_out": true}',
  '{"optional": true}', '{"opted_out": "not asked"}', '{"booked": true}', '{"call": true}', '{"opted_out": 0}',
  '{"opt_out": false}', '{"dnc": "n/a"}', '{"opt_out": "No."}', '{"consent": {"opt_out": false}}', '{"notes": "yes"}',
  '{"notes": {"text": "yes, opt_out"}}', '{"opt_out": "yesterday she booked"}', '{"opt_out": ""}', '{"removed_old_unit": true}',
  '{"opt_out": "none"}', '{"do_not_call_before_noon": true}', '{"remove": true}'
]) as data;
select is(engine.says_opt_out(null), null, 'no data');

select * from finish();
rollback;
