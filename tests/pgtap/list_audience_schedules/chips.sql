-- A page of schedules, each with its state in one word.
begin;
select plan(14);

select tests.set_clock('2026-03-02 12:00+00');
select tests.connect_servicetitan(tests.create_team('Acme', 'ann@acme.example', 'UTC'));
select tests.create_team('Other', 'eve@other.example');
select tests.act_as('ann@acme.example');
create temp table made as select (public.create_audience_list('Overdue', 'servicetitan') ->> 'id')::uuid as id;
select from public.set_audience_schedule((select id from made), '0 13 * * *');
select pg_sleep(0.002); -- ids are in order of the millisecond
select from public.set_audience_schedule((public.create_audience_list('Winter', 'custom_report') ->> 'id')::uuid, '0 6 * * 1');


select is(public.list_audience_schedules() #>> '{items,0,list_name}', 'Winter', 'newest list first');
select is(public.list_audience_schedules('over') #>> '{items,0,summary}', 'At 13:00 every day', 'found by name');
select is(public.list_audience_schedules(p_limit => 1, p_cursor => public.list_audience_schedules(p_limit => 1) ->> 'next_cursor') #>> '{items,0,list_name}', 'Overdue', 'page by page');
select is(public.list_audience_schedules(p_limit => 2) -> 'next_cursor', 'null', 'the last page');
select tests.act_as_superuser();
-- the clock alone: setting it properly ticks as well
create function pg_temp.move_clock(p_at timestamptz) returns void language sql as $$
  update engine.deployment set clock_at = p_at, clock_set_at = statement_timestamp(), clock_rate = 0
$$;
create function pg_temp.chip() returns text language sql as $$
  select engine.describe_schedule(s) ->> 'chip' from public.audience_schedules as s inner join public.audience_lists as l on s.list_id = l.id where l.name = 'Overdue'
$$;
select is(pg_temp.chip(), 'on', 'on');
select pg_temp.move_clock('2026-03-02 13:04+00');
select is(pg_temp.chip(), 'on', 'a little late is not late');
select pg_temp.move_clock('2026-03-02 13:06+00');
select is(pg_temp.chip(), 'overdue', 'the tick did not come');
select from engine.queue_due_schedules();
select is(pg_temp.chip(), 'running', 'queued');
select pg_temp.move_clock('2026-03-02 13:12+00');
select is(pg_temp.chip(), 'overdue', 'no worker came');
update public.audience_runs set status = 'RUNNING', started_at = engine.now(), lease_expires_at = engine.now();
select is(pg_temp.chip(), 'running', 'it runs');
update public.audience_runs set status = 'FAILED', failure_code = 'x', failure_message = 'X.', ended_at = engine.now(), lease_expires_at = null;
select is(pg_temp.chip(), 'failing', 'it failed');
update public.audience_schedules set is_enabled = false, next_run_at = null;
select is(pg_temp.chip(), 'off', 'off');
select tests.act_as('eve@other.example');
select is(public.list_audience_schedules(), '{"items": [], "next_cursor": null}', 'another team sees none');
select throws_ok($$ select public.list_audience_schedules(p_cursor => 'nonsense') $$, 'OB001', null, 'a cursor is one of ours');

select * from finish();
rollback;
