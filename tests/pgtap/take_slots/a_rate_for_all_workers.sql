-- A rate is shared: a burst at once, then no more than it says.
begin;
select plan(7);
select tests.act_as_role('outbound_worker');
select is((select granted from engine.take_slots('st 1', 0.01, 5, 3)), 3, 'within the burst');
select is((select granted from engine.take_slots('st 1', 0.01, 5, 3)), 2, 'what is left of it');
select is((select granted from engine.take_slots('st 1', 0.01, 5, 1)), 0, 'then nothing');
select ok((select retry_after_seconds between 90 and 100 from engine.take_slots('st 1', 0.01, 5, 1)), 'and when there will be');
select is((select granted from engine.take_slots('st 2', 0.01, 5, 5)), 5, 'other accounts have their own');
select throws_ok($$ select engine.take_slots('', 1, 1, 1) $$, 'OB001', null, 'a key is needed');
select throws_ok($$ select engine.take_slots('k', 0, 1, 1) $$, 'OB001', null, 'and a rate');
select * from finish();
rollback;
