begin;
select plan(10);

create function pg_temp.classified(p_reason text)
returns text
language sql
as $$ select c.outcome || ' ' || c.scope from engine.classify_ended_reason(p_reason) as c $$;

select is(pg_temp.classified('customer-ended-call'), 'answered job', 'reached');
select is(pg_temp.classified('assistant-ended-call-with-hangup-task'), 'answered job', 'reached, by prefix');
select is(pg_temp.classified('customer-did-not-answer'), 'no_answer job', 'not reached');
select is(
  pg_temp.classified('call.in-progress.error-providerfault-outbound-sip-480-temporarily-unavailable'),
  'no_answer job', 'not reached, by SIP code'
);
select is(pg_temp.classified('twilio-reported-customer-misdialed'), 'undeliverable job', 'a number that is not in service');
select is(
  pg_temp.classified('call.start.error-subscription-concurrency-limit-reached'), 'failed capacity',
  'no line: the longer pattern wins over the account''s'
);
select is(pg_temp.classified('call.start.error-subscription-frozen'), 'failed account', 'the account');
select is(pg_temp.classified('something-new'), 'failed job', 'what nobody knows yet');
select is(pg_temp.classified(null), 'failed job', 'nothing said');

select is_empty(
  $$ select pattern from reference.call_ended_reasons where outcome = 'undeliverable' and engine.number_fault(pattern) is distinct from 'dead' $$,
  'what finds a number dead leaves its customer''s place to another'
);

select * from finish();
rollback;
