-- What edges mean: a booking goes on only over an edge that says so, an opt-out never.
begin;
select plan(14);

select is(engine.outcomes_matching('call', 'booked'), '{booked}', 'a booking by a call');
select is(
  engine.outcomes_matching('call', 'any'), '{answered,voicemail,no_answer,busy,undeliverable,failed}', 'any end of a call but a booking'
);
select is(engine.outcomes_matching('call', 'failed'), '{undeliverable,failed}', 'a number that cannot be called has failed');
select set_eq(
  $$ select distinct outcome from reference.edge_rules where node_type = 'call' and rule in ('any', 'booked') $$,
  $$ select outcome from reference.simulated_outcomes where node_type = 'call' and outcome <> 'opted_out' $$,
  'what can come of a call goes on over some edge'
);
select is(engine.outcomes_matching('call', 'not_booked'), engine.outcomes_matching('call', 'any'), 'which is what not_booked says');
select is(engine.outcomes_matching('text', 'reply_matches'), '{replied}', 'a reply that matches is a reply');
select is(
  engine.outcomes_matching('text', 'any'), '{delivered,replied,no_reply,opted_in,undeliverable,failed}', 'any end of a text'
);
select is(engine.outcomes_matching('trigger', 'any'), enum_range(null::public.job_outcome), 'a trigger knows no outcomes');
select is(engine.outcomes_matching('call', 'replied'), '{}', 'a call is not replied to');
select is(engine.outcomes_matching('text', 'voicemail'), '{}', 'a text has no voicemail');
select is(engine.outcomes_matching('text', 'not_booked'), '{}', 'nor that rule');
select is(engine.outcomes_matching('trigger', 'booked'), '{}', 'a trigger books nothing');
select is(engine.outcomes_matching('call', null), '{}', 'no rule matches nothing');
select is(
  (select count(*) from reference.edge_rules where outcome = 'opted_out' and node_type <> 'trigger'), 0::bigint,
  'an opt-out never goes on'
);

select * from finish();
rollback;
