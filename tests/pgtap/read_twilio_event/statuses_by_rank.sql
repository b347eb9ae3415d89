begin;
select plan(7);

select is((engine.read_twilio_event('status', '{"MessageStatus": "sent"}')).kind, 'progress', 'sent');
select is((engine.read_twilio_event('status', '{"MessageStatus": "delivered"}')).kind, 'delivered', 'delivered');
select is((engine.read_twilio_event('status', '{"MessageStatus": "read"}')).kind, 'delivered', 'read');
select is(
  (engine.read_twilio_event('status', '{"MessageStatus": "undelivered", "ErrorCode": "30003"}')).outcome,
  'undeliverable', 'undelivered'
);
select is(
  (engine.read_twilio_event('status', '{"MessageStatus": "failed", "ErrorCode": "21610"}')).outcome, 'opted_out',
  'opted out at the provider'
);
select is((engine.read_twilio_event('message', '{"status": "delivered"}')).kind, 'delivered', 'a message asked for');
select is((engine.read_twilio_event('status', '{}')).kind, 'ignored', 'no status');

select * from finish();
rollback;
