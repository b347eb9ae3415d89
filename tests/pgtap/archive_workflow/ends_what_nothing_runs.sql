-- Drafts and published workflows are archived with all that they have, unless a campaign runs them.
begin;
select plan(36);
select tests.set_clock('2027-03-01 12:00-05');
select tests.furnish_workflows();
select tests.act_as('otto@acme.example');
select tests.draft('Draft');
select tests.draft('Usual');
select tests.quietly($$select public.publish_workflow(tests.workflow_id('Usual'), 'First')$$);
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

select tests.create_list(tests.team_id('Acme'), 1);
select tests.act_as('otto@acme.example');
create temp table campaign as
select (public.create_campaign('Tune-up', l.id, tests.workflow_id('Usual'), p.id)).id
from public.audience_lists as l cross join public.phone_numbers as p;
grant select on campaign to public;

create function pg_temp.refused()
returns jsonb
language sql
as $$
  select tests.refusal($q$select public.archive_workflow(tests.workflow_id('Usual'))$q$) - 'hint'
$$;

select tests.act_as('vera@acme.example');
select is(pg_temp.refused() ->> 'sqlstate', 'OB008', 'a viewer may not');
select throws_ok($$select public.archive_workflow(tests.workflow_id('Usual'), true)$$, 'OB008', null, 'nor see what it would do');
select tests.act_as('rita@rival.example');
select is(pg_temp.refused() ->> 'sqlstate', 'OB004', 'another team''s is not found');
select throws_ok($$select public.archive_workflow(tests.workflow_id('Usual'), true)$$, 'OB004', null, 'nor looked at');
select tests.act_as_role('anon');
select throws_ok($$select public.archive_workflow(null)$$, '42501', null, 'anon can''t reach it');

-- A campaign runs it.
select tests.act_as_superuser();
select pg_temp.becomes('SCHEDULED');
select is(
  pg_temp.refused() - 'message', jsonb_build_object('sqlstate', 'OB005', 'detail', jsonb_build_object(
    'entity', 'workflow', 'id', tests.workflow_id('Usual'),
    'used_by', jsonb_build_array(jsonb_build_object('entity', 'campaign', 'id', (select id from campaign), 'name', 'Tune-up', 'status', 'SCHEDULED'))
  )), 'a scheduled campaign needs it'
);
select pg_temp.becomes('ACTIVE');
select is(pg_temp.refused() #>> '{detail,used_by,0,status}', 'ACTIVE', 'so does an active one');
select pg_temp.becomes('PAUSED');
select is(pg_temp.refused() #>> '{detail,used_by,0,status}', 'PAUSED', 'and one that is paused');
select tests.act_as('otto@acme.example');
select throws_ok(
  $$select public.archive_workflow(tests.workflow_id('Usual'), true)$$, 'OB005', null, 'which is told beforehand too'
);
select tests.act_as_superuser();
select throws_ok(
  'update public.workflows set status = ''ARCHIVED'', archived_at = engine.now() where status = ''PUBLISHED''',
  '23503', null, 'no SQL can archive it'
);
select is(
  (select array_agg(distinct status::text) from public.workflow_nodes where workflow_id = tests.workflow_id('Usual')),
  '{PUBLISHED}', 'nothing has changed'
);

-- Nothing runs it any more.
select pg_temp.becomes('ACTIVE');
select pg_temp.becomes('COMPLETED');
select tests.act_as('otto@acme.example');
create temp table plan as select public.archive_workflow(tests.workflow_id('Usual'), true) as answer;
select is(answer ->> 'dry_run', 'true', 'a dry run says so') from plan;
select is(answer ->> 'from', 'PUBLISHED', 'from where') from plan;
select is(answer ->> 'to', 'ARCHIVED', 'to where') from plan;
select is(answer ->> 'status', 'PUBLISHED', 'what it is') from plan;
select ok(answer ->> 'message' like 'Version 1 of "Usual" would be archived%history: 1.', 'what it would do, in words and numbers') from plan;
select is((select status::text from public.workflows where name = 'Usual'), 'PUBLISHED', 'and changes nothing');

create temp table done as select public.archive_workflow(tests.workflow_id('Usual')) as answer;
select is(answer ->> 'id', tests.workflow_id('Usual')::text, 'it is archived') from done;
select is(answer ->> 'status', 'ARCHIVED', 'as it says') from done;
select is(answer ->> 'from', 'PUBLISHED', 'from where it was') from done;
select is(answer ->> 'dry_run', 'false', 'and not for a try') from done;
select is((answer ->> 'archived_at')::timestamptz, '2027-03-01 12:00-05', 'at the time it is for campaigns') from done;
select is(answer ->> 'version', '1', 'with its version') from done;
select is(answer ->> 'note', 'First', 'its note') from done;
select is(jsonb_array_length(answer -> 'nodes'), 4, 'and its graph') from done;
select is(
  (select array_agg(distinct status::text) from public.workflow_nodes where workflow_id = tests.workflow_id('Usual')),
  '{ARCHIVED}', 'its nodes are archived'
);
select is(
  (select array_agg(distinct status::text) from public.workflow_edges where workflow_id = tests.workflow_id('Usual')),
  '{ARCHIVED}', 'and its edges'
);
select is(
  pg_temp.refused() - 'message', jsonb_build_object('sqlstate', 'OB002', 'detail', jsonb_build_object(
    'entity', 'workflow', 'id', tests.workflow_id('Usual'), 'from', 'ARCHIVED', 'to', 'ARCHIVED', 'allowed', '[]'::jsonb
  )), 'which is the end'
);
select throws_ok($$select public.publish_workflow(tests.workflow_id('Usual'))$$, 'OB002', null, 'it isn''t published again');
select throws_ok(
  $$select public.save_workflow(tests.workflow_id('Usual'), tests.team_graph(), 1)$$, 'OB003', null, 'nor saved'
);

-- What was archived can't be run, in whatever SQL.
select tests.act_as_superuser();
select throws_ok(
  $$insert into public.campaigns (team_id, name, list_id, workflow_id, phone_number_id, status, started_at)
    select team_id, 'Late', list_id, workflow_id, phone_number_id, 'ACTIVE', engine.now() from public.campaigns$$,
  '23503', null, 'no campaign can begin with it'
);
insert into public.campaigns (team_id, name, list_id, workflow_id, phone_number_id)
select team_id, 'Late', list_id, workflow_id, phone_number_id from public.campaigns;
select throws_ok(
  'update public.campaigns set status = ''ACTIVE'', started_at = engine.now() where name = ''Late''', '23503', null, 'nor be started'
);
select is(
  tests.refusal(format('select public.launch_campaign(%L)', (select id from public.campaigns where name = 'Late'))) #>> '{detail,blockers,0,code}',
  'workflow_not_published', 'a launch is told why'
);

select tests.act_as_role('service_role');
select is(public.archive_workflow(tests.workflow_id('Draft')) ->> 'from', 'DRAFT', 'a draft is archived too');
select is((select version from public.workflows where name = 'Draft'), null, 'without ever having had a version');
select throws_ok($$select public.archive_workflow(null)$$, 'OB004', null, 'no id is no workflow');

select * from finish();
rollback;
