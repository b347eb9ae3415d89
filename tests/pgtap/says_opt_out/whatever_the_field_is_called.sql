begin;
select plan(26);

select is(engine.says_opt_out(data::jsonb), true, data)
from unnest(array[
  '{"opted_out": true}', '{"optedOut": true}', '{"optOut": "yes"}', '{"opt_out": "True"}', '{"do_not_call": true}', '{"doNotContact": 1}',
  '{"DNC": false, "stop_calling": true}', '{"wants_opt_out": true}', '{"unsubscribed": "true"}', '{"revoked_consent": true}',
  '{"opt_out_requested": true}', '{"booked": true, "opted_out": true}', '{"opted_out": [true]}'
]) as data;
select is(engine.says_opt_out(data::jsonb), false, data)
from unnest(array[
  '{}', '{"opted_out": false}', '{"opted_out": "no"}', '{"opted_out": null}', '{"opted_out": {}}', '{"not_opted_out": true}',
  '{"optional": true}', '{"opted_out": "not asked"}', '{"nested": {"opted_out": true}}', '{"booked": true}', '{"call": true}', '{"opted_out": 0}'
]) as data;
select is(engine.says_opt_out(null), null, 'no data');

select * from finish();
rollback;
