-- What time alone changes is overdue as long as nobody calls the tick, whoever should.
begin;
select plan(10);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 2) as id from team;
create function pg_temp.at(p_at timestamptz) returns text language sql as $$
  -- the clock alone: setting it properly ticks as well
  update engine.deployment set clock_at = p_at, clock_set_at = statement_timestamp(), clock_rate = 0;
  select format('%s %s', t.lag_seconds, t.failing_steps) from engine.tick_lag() as t
$$;
select is(pg_temp.at('2027-03-01 12:00-05'), '0 0', 'nothing waits for time');
update public.campaigns set status = 'SCHEDULED', scheduled_at = '2027-03-01 12:05-05';
select is(pg_temp.at('2027-03-01 12:08-05'), '180 0', 'a launch is three minutes late');
insert into engine.tick_failures (step, subject, code, message, first_failed_at, failed_at)
select 'launch_campaign', c.id::text, 'OB007', 'not ready', engine.now(), engine.now() from public.campaigns as c;
select is(pg_temp.at('2027-03-01 12:08-05'), '0 1', 'one that the tick tried in vain fails, and is not late');
select tests.quietly('select engine.tick()');
select is(pg_temp.at('2027-03-01 12:08-05'), '0 0', 'the tick launches');
select tests.quietly('select engine.claim_jobs(''w'', ''{call}'', 1, ''60 seconds'')');
select is(pg_temp.at('2027-03-01 12:10-05'), '60 0', 'a lease has been over for a minute');
select tests.quietly('select engine.tick()');
insert into engine.tick_failures (step, subject, code, message, first_failed_at, failed_at)
values ('fold_counters', '', 'XX000', 'broken', engine.now(), engine.now());
select is(pg_temp.at('2027-03-01 12:10-05'), '0 1', 'the tick gives it back; a step of it fails');
update engine.jobs set status = 'DISPATCHED', provider_id = 'p', dispatched_at = engine.now(), check_at = engine.now(), reply_deadline = '2027-03-01 12:07-05'
where id = (select min(id::text)::uuid from engine.jobs);
select is(pg_temp.at('2027-03-01 12:10-05'), '180 1', 'a reply window has been over for three minutes');
update engine.jobs set reply_deadline = null;
insert into public.audience_schedules (team_id, list_id, expression, timezone, is_enabled, next_run_at)
select team_id, list_id, '0 * * * *', 'UTC', true, '2027-03-01 12:09-05' from public.campaigns;
select is(pg_temp.at('2027-03-01 12:10-05'), '60 1', 'a refresh is a minute late');
insert into engine.tick_failures (step, subject, code, message, first_failed_at, failed_at)
select 'follow_schedule', s.list_id::text, 'XX000', 'broken', engine.now(), engine.now() from public.audience_schedules as s;
select is(pg_temp.at('2027-03-01 12:10-05'), '0 2', 'a refresh that fails is not late');
select tests.act_as_role('outbound_worker');
select is((select count(*) from engine.tick_lag()), 1::bigint, 'workers may ask');
select * from finish();
rollback;
