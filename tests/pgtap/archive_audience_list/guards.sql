-- A list is archived unless campaigns or a run use it; its schedule goes off, and nothing fills it any more.
begin;
select plan(32);
select tests.set_clock('2027-03-01 12:00-05');
select tests.furnish_workflows();
select tests.act_as('otto@acme.example');
select tests.draft('Usual');
select tests.quietly($$select public.publish_workflow(tests.workflow_id('Usual'), null)$$);
select tests.act_as_superuser();
create function pg_temp.becomes(p_status text)
returns void
language sql
as $$
  update public.campaigns set
    status = p_status::public.campaign_status, scheduled_at = engine.now(),
    started_at = case when p_status not in ('CREATED', 'SCHEDULED') then engine.now() end,
    ended_at = case when p_status in ('COMPLETED', 'CANCELLED') then engine.now() end
$$;
create temp table list as select tests.create_list(tests.team_id('Acme'), 2) as id;
grant select on list to public;
update public.audience_lists set source = 'servicetitan';
create function pg_temp.refused(p_dry_run text default 'false')
returns jsonb
language sql
as $$
  select tests.refusal(format('select public.archive_audience_list(%L, %s)', (select id from list), p_dry_run)) - 'hint'
$$;
select tests.act_as('otto@acme.example');
create temp table campaign as
select (public.create_campaign('Tune-up', l.id, tests.workflow_id('Usual'), p.id)).id
from list as l cross join public.phone_numbers as p;
grant select on campaign to public;
select tests.quietly($$select public.set_audience_schedule((select id from list), '0 8 * * *', 'America/New_York')$$);

select tests.act_as('vera@acme.example');
select is(pg_temp.refused() ->> 'sqlstate', 'OB008', 'a viewer may not');
select is(pg_temp.refused('true') ->> 'sqlstate', 'OB008', 'nor see what it would do');
select tests.act_as('rita@rival.example');
select is(pg_temp.refused() ->> 'sqlstate', 'OB004', 'another team''s is not found');
select tests.act_as_role('anon');
select throws_ok($$select public.archive_audience_list(null)$$, '42501', null, 'anon can''t reach it');

-- A campaign uses it.
select tests.act_as_superuser();
select pg_temp.becomes('SCHEDULED');
select is(
  pg_temp.refused() - 'message', jsonb_build_object('sqlstate', 'OB005', 'detail', jsonb_build_object(
    'entity', 'audience_list', 'id', (select id from list),
    'used_by', jsonb_build_array(jsonb_build_object(
      'entity', 'campaign', 'id', (select id from campaign), 'name', 'Tune-up', 'status', 'SCHEDULED'
    ))
  )), 'a scheduled campaign needs it'
);
select pg_temp.becomes('ACTIVE');
select is(pg_temp.refused() #>> '{detail,used_by,0,status}', 'ACTIVE', 'so does an active one');
select pg_temp.becomes('PAUSED');
select is(pg_temp.refused('true') #>> '{detail,used_by,0,status}', 'PAUSED', 'and a paused one, which is told beforehand too');
select throws_ok('update public.audience_lists set status = ''ARCHIVED''', '23503', null, 'no SQL can archive it');
select pg_temp.becomes('CANCELLED');

-- A run fills it.
insert into public.audience_runs (team_id, list_id, list_name, source, lease_expires_at)
select tests.team_id('Acme'), id, 'People', 'csv', 'infinity' from list;
update public.audience_runs set status = 'RUNNING', started_at = engine.now();
select is(pg_temp.refused() #>> '{detail,used_by,0,entity}', 'audience_run', 'a run that has begun keeps it');
select is(pg_temp.refused('true') #>> '{detail,used_by,0,status}', 'RUNNING', 'which is told beforehand too');
update public.audience_runs set status = 'FAILED', failure_code = 'x', failure_message = 'x', lease_expires_at = null, ended_at = engine.now();
insert into public.audience_runs (team_id, list_id, list_name, source, lease_expires_at)
select tests.team_id('Acme'), id, 'People', 'csv', 'infinity' from list;
insert into public.campaigns (team_id, name, list_id, workflow_id, phone_number_id)
select team_id, 'Later', list_id, workflow_id, phone_number_id from public.campaigns;

-- Nothing holds it.
select tests.act_as('otto@acme.example');
create temp table plan as select public.archive_audience_list((select id from list), true) as answer;
select is(answer ->> 'dry_run', 'true', 'a dry run says so') from plan;
select is(answer ->> 'status', 'ACTIVE', 'what it is') from plan;
select is(answer ->> 'to', 'ARCHIVED', 'what it would become') from plan;
select ok(
  answer ->> 'message' like '"People" would be archived%2 members%schedule would be%dropped%launched: 1.', 'and all that goes with it'
) from plan;
select is((select status::text from public.audience_lists), 'ACTIVE', 'and changes nothing');
select ok((select is_enabled from public.audience_schedules), 'nor the schedule');

create temp table done as select public.archive_audience_list((select id from list)) as answer;
select is(answer ->> 'status', 'ARCHIVED', 'it is archived') from done;
select is(answer ->> 'from', 'ACTIVE', 'from where it was') from done;
select is(answer ->> 'dry_run', 'false', 'and not for a try') from done;
select is(answer #>> '{last_run,failure_code}', 'list_archived', 'the run that waited was dropped') from done;
select is((select is_enabled from public.audience_schedules), false, 'its schedule is off');
select is(answer ->> 'member_count', '2', 'its members stay') from done;
select is(
  pg_temp.refused() - 'message', jsonb_build_object('sqlstate', 'OB002', 'detail', jsonb_build_object(
    'entity', 'audience_list', 'id', (select id from list), 'from', 'ARCHIVED', 'to', 'ARCHIVED', 'allowed', '["ACTIVE"]'::jsonb
  )), 'once'
);
select throws_ok(
  $$select public.import_audience_rows((select id from list), '[{"phone": "2125550101"}]')$$, 'OB003', null, 'it takes no import'
);
select throws_ok(
  $$select public.update_audience_list((select id from list), 'New')$$, 'OB003', null, 'nor a new name'
);
select throws_ok(
  $$select public.toggle_audience_schedule((select id from list), true)$$, 'OB003', null, 'its schedule can''t be turned on'
);
select is(
  tests.refusal(format('select public.launch_campaign(%L)', (select id from public.campaigns where name = 'Later'))) #>> '{detail,blockers,0,code}',
  'list_archived', 'a launch is told why'
);
select tests.act_as_superuser();
select throws_ok(
  $$insert into public.audience_runs (team_id, list_id, list_name, source, lease_expires_at)
    select tests.team_id('Acme'), id, 'People', 'csv', 'infinity' from list$$, 'OB003', null, 'no run begins, whoever queues it'
);
select throws_ok(
  'update public.campaigns set status = ''ACTIVE'', started_at = engine.now() where name = ''Later''', '23503', null, 'no SQL can launch it'
);

select tests.act_as_role('service_role');
select throws_ok($$select public.archive_audience_list(null)$$, 'OB004', null, 'no id is no list');
select is(public.unarchive_audience_list((select id from list)) ->> 'status', 'ACTIVE', 'a service may bring it back');
select tests.act_as_superuser();
select lives_ok(
  $$insert into public.audience_runs (team_id, list_id, list_name, source, lease_expires_at)
    select tests.team_id('Acme'), id, 'People', 'servicetitan', 'infinity' from list$$, 'and then it is filled again'
);
select * from finish();
rollback;
