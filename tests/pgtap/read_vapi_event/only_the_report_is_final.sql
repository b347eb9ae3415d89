begin;
select plan(10);

select is((engine.read_vapi_event('status-update', '{"status": "ringing"}')).kind, 'progress', 'ringing');
select is(
  (engine.read_vapi_event('status-update', '{"status": "ended", "endedReason": "customer-busy"}')).kind, 'ended',
  'ended, the report is yet to come'
);
select is(
  (engine.read_vapi_event('end-of-call-report', '{"message": {"endedReason": "customer-busy"}}')).outcome, 'busy',
  'the report, wrapped'
);
select is(
  (engine.read_vapi_event('end-of-call-report',
    '{"endedReason": "customer-ended-call", "analysis": {"structuredData": {"booked": true}}}')).outcome,
  'booked', 'a booking in the structured data'
);
select is(
  (engine.read_vapi_event('end-of-call-report',
    '{"endedReason": "customer-ended-call", "analysis": {"structuredData": {"booked": true, "opted_out": true}}}')).outcome,
  'opted_out', 'an opt-out wins over a booking'
);
select is(
  (engine.read_vapi_event('end-of-call-report', '{"endedReason": "x", "analysis": {"structuredData": [1]}}')).outcome,
  'failed', 'structured data of another shape'
);
select is(
  (engine.read_vapi_event('tool-calls', '{"toolCallList": [{"id": "1", "name": "opt_out"}]}')).kind, 'opt_out',
  'an opt-out by tool'
);
select is(
  (engine.read_vapi_event('tool-calls', '{"toolCallList": [{"id": "1", "function": {"name": "do_not_call"}}]}')).kind,
  'opt_out', 'in the other shape'
);
select is((engine.read_vapi_event('call', '{"status": "in-progress"}')).kind, 'progress', 'a call that goes on');
select is(
  (engine.read_vapi_event('call', '{"status": "ended", "endedReason": "voicemail"}')).outcome, 'voicemail',
  'a call that was asked for and has ended'
);

select * from finish();
rollback;
