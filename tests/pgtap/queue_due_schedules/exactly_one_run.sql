-- One run for a time that came, none for a list that has one open, and one after a downtime.
begin;
select plan(20);

select tests.set_clock('2026-03-02 12:00:30+00');
select tests.connect_servicetitan(tests.create_team('Acme', 'ann@acme.example', 'UTC'));
select tests.act_as('ann@acme.example');
create temp table made as select (public.create_audience_list('Overdue', 'servicetitan') ->> 'id')::uuid as id;
select from public.set_audience_schedule((select id from made), '*/15 * * * *');
select tests.act_as_superuser();
-- the clock alone: setting it properly ticks as well
create function pg_temp.move_clock(p_at timestamptz) returns void language sql as $$
  update engine.deployment set clock_at = p_at, clock_set_at = statement_timestamp(), clock_rate = 0
$$;
select is((select next_due_at from engine.pending_work()), '2026-03-02 12:15+00', 'the clock knows when it comes');
select is(engine.queue_due_schedules()::text, '(0,0)', 'not before its time');
select pg_temp.move_clock('2026-03-02 12:15+00');
select ok(engine.tick() @> '{"runs_queued": 1, "runs_skipped": 0}', 'the tick queues it');
select is(engine.queue_due_schedules()::text, '(0,0)', 'once');
select is((select (status, source, list_name)::text from public.audience_runs), '(QUEUED,servicetitan,Overdue)', 'a run that waits for a worker');
select is((select next_run_at from public.audience_schedules), '2026-03-02 12:30+00', 'the next one');
select is((select last_run_at from public.audience_schedules), '2026-03-02 12:15+00', 'this one');
select is((select s.last_run_id = r.id from public.audience_schedules as s cross join public.audience_runs as r), true, 'is remembered');
select pg_temp.move_clock('2026-03-02 12:31+00');
select is(engine.queue_due_schedules()::text, '(0,1)', 'a list with an open run is skipped');
select is((select last_skipped_at from public.audience_schedules), '2026-03-02 12:31+00', 'and says so');
select is((select last_run_at from public.audience_schedules), '2026-03-02 12:15+00', 'its last run stays');
select is((select count(*) from public.audience_runs), 1::bigint, 'one run');
select is(engine.fail_stale_runs(), 0, 'a run that waits is not abandoned');
update public.audience_runs set status = 'RUNNING', started_at = engine.now(), lease_expires_at = engine.now();
update public.audience_runs set status = 'FAILED', failure_code = 'x', failure_message = 'X.', ended_at = engine.now(), lease_expires_at = null;
select pg_temp.move_clock('2026-03-04 09:07:12+00');
select is(engine.queue_due_schedules()::text, '(1,0)', 'two days later, one run catches up');
select is((select next_run_at from public.audience_schedules), '2026-03-04 09:15+00', 'and the times go on from now');
delete from public.audience_runs;
select is((select last_run_id from public.audience_schedules), null, 'a run that is gone is forgotten');
update public.audience_lists set status = 'ARCHIVED';
select pg_temp.move_clock('2026-03-05 09:07:12+00');
select is(engine.queue_due_schedules()::text, '(0,0)', 'an archived list is left alone');
update public.audience_lists set status = 'ACTIVE';
update public.audience_schedules set is_enabled = true, next_run_at = engine.now(), timezone = 'Mars/Base';
select is(engine.queue_due_schedules()::text, '(0,0)', 'a zone that is gone stops nobody');
select is((select count(*) from public.audience_runs), 0::bigint, 'and leaves no half of a run');
select is((select next_run_at from public.audience_schedules), '2026-03-05 09:07:12+00', 'but shows as overdue');

select * from finish();
rollback;
