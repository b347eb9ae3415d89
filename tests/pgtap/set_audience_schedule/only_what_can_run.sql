-- A schedule is stored when it can run: read whole, in a zone that exists, for a list that can be refreshed.
begin;
select plan(18);

select tests.set_clock('2026-03-02 12:00+00');
select tests.create_team('Acme', 'ann@acme.example', 'America/Chicago');
select tests.add_member((select id from public.teams), 'vic@acme.example', 'viewer');
select tests.create_team('Other', 'eve@other.example');
select tests.act_as('ann@acme.example');
create temp table made as
select public.create_audience_list('Overdue', 'servicetitan') ->> 'id' as id, public.create_audience_list('Files', 'csv') ->> 'id' as files,
  public.create_audience_list('Leads', 'speed_to_lead') ->> 'id' as leads;
grant select on made to public;

select is(
  (select public.set_audience_schedule(id::uuid, '30 8 * * mon-fri')) - array['list_id', 'team_id', 'created_at', 'updated_at'],
  '{"list_name": "Overdue", "list_status": "ACTIVE", "source": "servicetitan", "expression": "30 8 * * mon-fri",
    "timezone": "America/Chicago", "summary": "At 08:30, Monday to Friday", "is_enabled": true, "chip": "on",
    "next": ["2026-03-02T08:30:00-06:00", "2026-03-03T08:30:00-06:00", "2026-03-04T08:30:00-06:00"],
    "next_run_at": "2026-03-02T14:30:00+00:00", "last_run_at": null, "last_skipped_at": null, "last_run": null, "warnings": []}',
  'in the zone of the team'
) from made;
select is(public.set_audience_schedule(id::uuid, '0 9 * * *', 'Asia/Tokyo') #>> '{next,0}', '2026-03-03T09:00:00+09:00', 'another one replaces it') from made;
select is((select count(*) from public.audience_schedules), 1::bigint, 'a list has one');
select is(public.set_audience_schedule(id::uuid, '0 9 * * *', p_is_enabled => false) ->> 'chip', 'off', 'it may begin off') from made;
select is((select next_run_at from public.audience_schedules), null, 'and then has no next run');
select is(public.set_audience_schedule(id::uuid, '0 9 * * MON#1') #>> '{warnings,0,code}', 'cron_text_ignored', 'warnings come back') from made;
select throws_ok($$ select public.set_audience_schedule(id::uuid, '0 0 30 2 *') from made $$, 'OB001', 'The schedule: No day in the calendar fits this expression, so it would never run.', 'never');
select throws_ok($$ select public.set_audience_schedule(id::uuid, '30 seconds') from made $$, 'OB001', null, 'too often');
select throws_ok($$ select public.set_audience_schedule(id::uuid, '@reboot') from made $$, 'OB001', null, 'no time');
select throws_ok($$ select public.set_audience_schedule(id::uuid, null) from made $$, 'OB001', null, 'no expression');
select throws_ok($$ select public.set_audience_schedule(files::uuid, '0 9 * * *') from made $$, 'OB001', null, 'files are not fetched');
select throws_ok($$ select public.set_audience_schedule(leads::uuid, '0 9 * * *') from made $$, 'OB001', null, 'leads come by themselves');
select throws_ok(
  $$ select public.set_audience_schedule(files::uuid, '99 9 * * L', 'Mars/Base') from made $$,
  'OB001', 'The schedule has 4 problems; the first: The minute must be from 0 to 59, not 99.', 'all problems at once'
);
select throws_ok($$ select public.set_audience_schedule(null, '0 9 * * *') $$, 'OB004', null, 'no list');
select tests.act_as('vic@acme.example');
select throws_ok($$ select public.set_audience_schedule(id::uuid, '0 9 * * *') from made $$, 'OB008', null, 'a viewer may not');
select tests.act_as('eve@other.example');
select throws_ok($$ select public.set_audience_schedule(id::uuid, '0 9 * * *') from made $$, 'OB004', null, 'another team has no such list');
select is((select count(*) from public.audience_schedules), 0::bigint, 'nor sees its schedule');
select tests.act_as_superuser();
select throws_ok($$ update public.audience_schedules set next_run_at = null $$, '23514', null, 'enabled without a next run cannot be stored');

select * from finish();
rollback;
