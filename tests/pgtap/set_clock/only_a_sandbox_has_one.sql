-- The clock of a production database can't be set, and a database with teams never becomes a sandbox.
begin;
select plan(8);

select throws_ok($$select engine.set_clock('2027-01-01')$$, 'OB002', null, 'production keeps real time');
select is(engine.now(), statement_timestamp(), 'and tells it');
select throws_ok(
  $$update engine.deployment set clock_at = now(), clock_set_at = now()$$,
  '23514', null, 'not even its table takes another'
);

savepoint without_teams;
select isnt(tests.create_team('Acme', 'ann@example.com'), null, 'given a team');
select throws_ok($$select engine.become_sandbox()$$, 'OB002', null, 'production stays production');
rollback to without_teams;

select lives_ok($$select engine.become_sandbox()$$, 'an empty database becomes a sandbox');
select lives_ok($$select engine.set_clock('2027-01-01 12:00+00', 0)$$, 'whose clock can be set');
select is(engine.now(), '2027-01-01 12:00+00'::timestamptz, 'and stands where it was put');

select * from finish();
rollback;
