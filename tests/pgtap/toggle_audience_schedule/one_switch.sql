-- One switch for a list and its schedule; an archived list's is off, whoever archives it.
begin;
select plan(14);

select tests.set_clock('2026-03-02 12:00+00');
select tests.create_team('Acme', 'ann@acme.example', 'UTC');
select tests.add_member((select id from public.teams), 'vic@acme.example', 'viewer');
select tests.act_as('ann@acme.example');
create temp table made as
select (public.create_audience_list('Overdue', 'servicetitan') ->> 'id')::uuid as id, (public.create_audience_list('Bare', 'custom_report') ->> 'id')::uuid as bare;
grant select on made to public;
select throws_ok($$ select public.toggle_audience_schedule(bare, true) from made $$, 'OB004', null, 'a list without a schedule has no switch');
select from public.set_audience_schedule((select id from made), '0 * * * *');
select is(public.toggle_audience_schedule(id, false) -> 'next', '[]', 'off') from made;
select is(public.toggle_audience_schedule(id, false) ->> 'chip', 'off', 'off again is no mistake') from made;
select tests.set_clock('2026-03-05 17:20+00');
select tests.act_as_superuser();
select is(engine.queue_due_schedules()::text, '(0,0)', 'nothing happens meanwhile');
select tests.act_as('ann@acme.example');
select is(public.toggle_audience_schedule(id, true) ->> 'next_run_at', '2026-03-05T18:00:00+00:00', 'on: from now, nothing is caught up on') from made;
select is(public.toggle_audience_schedule(id, true) ->> 'chip', 'on', 'on again changes nothing') from made;
select throws_ok($$ select public.toggle_audience_schedule(id, null) from made $$, 'OB001', null, 'on or off');
select tests.act_as('vic@acme.example');
select throws_ok($$ select public.toggle_audience_schedule(id, false) from made $$, 'OB008', null, 'a viewer may not');
select tests.act_as_superuser();
update public.audience_lists set status = 'ARCHIVED' where id = (select id from made);
select is((select (is_enabled, next_run_at)::text from public.audience_schedules), '(f,)', 'archiving turns it off');
select throws_ok($$ update public.audience_schedules set is_enabled = true, next_run_at = now() $$, 'OB003', null, 'and nothing turns it on');
select tests.act_as('ann@acme.example');
select throws_ok($$ select public.toggle_audience_schedule(id, true) from made $$, 'OB003', null, 'not the switch');
select throws_ok($$ select public.set_audience_schedule(id, '0 9 * * *') from made $$, 'OB003', null, 'nor a new schedule');
select is(public.set_audience_schedule(id, '0 9 * * *', p_is_enabled => false) ->> 'chip', 'off', 'but it can be changed while it is off') from made;
select tests.act_as_superuser();
delete from public.audience_lists where id = (select id from made);
select is((select count(*) from public.audience_schedules), 0::bigint, 'it goes with its list');

select * from finish();
rollback;
