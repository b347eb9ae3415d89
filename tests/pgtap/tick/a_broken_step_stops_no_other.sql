-- One step raises: the others of the tick are done all the same and stay done, and the failure stands where the doctor
-- looks for it, until the step goes well again.
begin;
select plan(13);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 2) as id from team;
select tests.quietly(format('select public.launch_campaign(%L)', id)) from campaign;
select is((select count(*) from engine.claim_jobs('w', '{call}', 10, interval '1 second')), 2::bigint, 'two are leased');
-- the clock alone: setting it properly ticks as well
update engine.deployment set clock_at = '2027-03-01 12:01-05', clock_set_at = statement_timestamp(), clock_rate = 0;

create temp table sound as
select pg_get_functiondef('engine.close_reply_windows()'::regprocedure) as close_reply_windows,
  pg_get_functiondef('engine.fold_counters()'::regprocedure) as fold_counters;
create or replace function engine.close_reply_windows() returns integer language plpgsql as 'begin raise exception ''planted''; end';
create or replace function engine.fold_counters() returns integer language plpgsql as 'begin raise division_by_zero; end';
create temp table first as select engine.tick_work() as work, engine.tick_launches() as launches, engine.tick_upkeep() as upkeep;
select is(work -> 'leases_expired', '2', 'what came before it is done') from first;
select is(work -> 'runs_queued', '0', 'what comes after it is done') from first;
select is((select count(*) from engine.jobs where status = 'READY'), 2::bigint, 'and stays done');
select is(work -> 'failed', '["close_reply_windows"]', 'it says which was not') from first;
select is(launches, '{"campaigns_launched": 0}', 'a part without a fault names none') from first;
select is(upkeep - 'contacts_indexed', '{"enrollments_archived": 0, "history_months_dropped": 0, "failed": ["fold_counters"]}', 'each part its own')
from first;
select results_eq(
  'select step, subject, failure_count, code, message from engine.tick_failures order by step',
  $$ values ('close_reply_windows', '', 1::bigint, 'P0001', 'planted'), ('fold_counters', '', 1::bigint, '22012', 'division_by_zero') $$,
  'both are kept'
);
update engine.deployment set clock_at = '2027-03-01 12:02-05';
select is(engine.tick() -> 'failed', '["close_reply_windows", "fold_counters"]', 'all parts as one say the same');
select results_eq(
  $$ select f.value ->> 'step', f.value ->> 'count', (f.value ->> 'since')::timestamptz, (f.value ->> 'at')::timestamptz
     from jsonb_array_elements(public.get_deployment_facts() -> 'tick' -> 'failing') as f order by 1 $$,
  $$ values ('close_reply_windows', '2', timestamptz '2027-03-01 12:01-05', timestamptz '2027-03-01 12:02-05'),
     ('fold_counters', '2', '2027-03-01 12:01-05', '2027-03-01 12:02-05') $$,
  'the doctor is told since when'
);
select tests.quietly(close_reply_windows) from sound;
select ok(not engine.tick_work() ? 'failed', 'mended, it is done again');
select results_eq('select step from engine.tick_failures', array['fold_counters'], 'and forgotten; the other stands');
select tests.quietly(fold_counters) from sound;
select tests.quietly('select engine.tick_upkeep()');
select is_empty('select from engine.tick_failures', 'nothing stands');

select * from finish();
rollback;
