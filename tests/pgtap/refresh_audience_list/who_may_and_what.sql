-- Who may refresh which list, and that the run has a task to carry it out.
begin;
select plan(12);

select tests.create_team('Acme', 'ann@acme.example');
select tests.create_team('Other', 'eve@other.example');
select tests.act_as('ann@acme.example');
create temp table made as select
  (public.create_audience_list('Overdue', 'servicetitan', '{"match": {"job": {"statuses": ["Completed"]}}}') ->> 'id')::uuid as id,
  (public.create_audience_list('Bare', 'servicetitan') ->> 'id')::uuid as bare,
  (public.create_audience_list('Files', 'csv') ->> 'id')::uuid as files,
  (public.create_audience_list('Leads', 'speed_to_lead') ->> 'id')::uuid as leads;
grant select on made to public;
select throws_ok($$ select public.refresh_audience_list((select id from made)) $$, 'OB007', null, 'without an account nobody can be asked');
select tests.act_as_superuser();
select tests.connect_servicetitan((select team_id from public.audience_lists limit 1));
select tests.add_member((select team_id from public.audience_lists limit 1), 'vic@acme.example', 'viewer');
select tests.act_as('ann@acme.example');
select throws_ok($$ select public.refresh_audience_list((select files from made)) $$, 'OB001', null, 'files are imported');
select throws_ok($$ select public.refresh_audience_list((select leads from made)) $$, 'OB001', null, 'leads come by themselves');
select throws_ok($$ select public.refresh_audience_list((select bare from made)) $$, 'OB001', null, 'a list without a definition matches nobody');
select is(public.refresh_audience_list((select id from made)) ->> 'status', 'QUEUED', 'a run is queued');
select throws_ok($$ select public.refresh_audience_list((select id from made)) $$, 'OB005', null, 'one at a time');
select tests.act_as('vic@acme.example');
select throws_ok($$ select public.refresh_audience_list((select id from made)) $$, 'OB008', null, 'a viewer only looks');
select tests.act_as('eve@other.example');
select throws_ok($$ select public.refresh_audience_list((select id from made)) $$, 'OB004', null, 'another team''s list is not found');
select tests.act_as_superuser();
select is((select (t.kind, t.status)::text from engine.tasks as t inner join public.audience_runs as r on t.subject_id = r.id), '(refresh,READY)', 'the run has its task');
select is(engine.start_refresh(r.team_id, r.id) -> 'conditions', '[{"kind": "job", "statuses": ["Completed"]}]', 'what the API is asked') from public.audience_runs as r;
select is(engine.start_refresh(r.team_id, r.id) ->> 'status', 'RUNNING', 'taken up again') from public.audience_runs as r;
select is((engine.finish_refresh(r.team_id, r.id, true)).status, 'SUCCEEDED', 'an empty list may stay empty') from public.audience_runs as r;

select * from finish();
rollback;
