-- An archived list comes back as it was; its schedule waits for somebody to turn it on.
begin;
select plan(9);
select tests.set_clock('2027-03-01 12:00-05');
select tests.furnish_workflows();
create temp table list as select tests.create_list(tests.team_id('Acme'), 1) as id;
grant select on list to public;
update public.audience_lists set source = 'servicetitan';
create function pg_temp.state()
returns text
language sql
as $$ select tests.refusal(format('select public.unarchive_audience_list(%L)', (select id from list))) ->> 'sqlstate' $$;
select tests.act_as('otto@acme.example');
select tests.quietly($$select public.set_audience_schedule((select id from list), '0 8 * * *', 'America/New_York')$$);
select is(pg_temp.state(), 'OB002', 'an active list is active');
select tests.quietly($$select public.archive_audience_list((select id from list))$$);
select tests.act_as('vera@acme.example');
select is(pg_temp.state(), 'OB008', 'a viewer may not');
select tests.act_as('rita@rival.example');
select is(pg_temp.state(), 'OB004', 'another team''s is not found');
select tests.act_as_role('anon');
select throws_ok($$select public.unarchive_audience_list(null)$$, '42501', null, 'anon can''t reach it');
select tests.act_as('otto@acme.example');
create temp table done as select public.unarchive_audience_list((select id from list)) as answer;
select is(answer ->> 'status', 'ACTIVE', 'it is active') from done;
select is(answer ->> 'id', (select id::text from list), 'the same list') from done;
select is(answer ->> 'member_count', '1', 'with its members') from done;
select is((select is_enabled from public.audience_schedules), false, 'its schedule stays off');
select is(
  (public.toggle_audience_schedule((select id from list), true) ->> 'is_enabled')::boolean, true, 'until it is turned on'
);
select * from finish();
rollback;
