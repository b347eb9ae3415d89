-- Every problem of a definition at once, each with the JSON path where a person finds it.
begin;
select plan(22);

create function pg_temp.paths(p_definition jsonb, p_source text default 'servicetitan') returns text language sql as $$
  select string_agg(i ->> 'path', ' ' order by i ->> 'path')
  from jsonb_array_elements(engine.definition_issues(p_definition, p_source)) as i
$$;
create function pg_temp.of(p_condition jsonb) returns text language sql as $$
  select replace(pg_temp.paths(jsonb_build_object('match', p_condition)), 'p_definition.match.', '')
$$;

select is(pg_temp.of('{"job": {"completed": {"days_ago": {"min": 330, "max": 400}}, "job_types": [301, "302"]}}'), null, 'a window and ids');
select is(pg_temp.of('{"all": [{"any": [{"not": {"customer": {"tags": {"any": [1], "none": [2]}}}}]}, {"location": {"zips": ["80"]}}]}'), null, 'groups in groups');
select is(pg_temp.of('{"all": [{"job": {"total": {"min": "a"}}}, {"nobody": {}}, {"any": []}]}'), 'all[0].job.total.min all[1].nobody all[2]', 'each problem has its path');
select is(pg_temp.of('{"job": {"completed": {"days_ago": {"min": 400, "max": 330}}}}'), 'job.completed.days_ago', 'the lower one first');
select is(pg_temp.of('{"job": {"completed": {"days_ago": {"min": 1.5, "max": -1}}}}'), 'job.completed.days_ago.max job.completed.days_ago.min', 'whole days');
select is(pg_temp.of('{"job": {"completed": {"days_ago": {"min": 1}, "from": "2026-01-01"}}}'), 'job.completed', 'one form of a window');
select is(pg_temp.of('{"job": {"completed": {"from": "2026-02-30", "to": "soon"}}}'), 'job.completed.from job.completed.to', 'days that the calendar has');
select is(pg_temp.of('{"job": {"completed": {"from": "2026-03-02", "to": "2026-03-01"}}}'), 'job.completed', 'from before to');
select is(pg_temp.of('{"job": {"statuses": ["Done", "Completed"]}}'), 'job.statuses[0]', 'words of the kind');
select is(pg_temp.of('{"job": {"job_types": [0, 1.5, null, "x"]}}'), 'job.job_types[0] job.job_types[1] job.job_types[2] job.job_types[3]', 'ids');
select is(pg_temp.of('{"job": {}}'), 'job', 'a condition says something');
select is(pg_temp.of('{"job": {"colour": "red"}}'), 'job.colour', 'with fields that there are');
select is(pg_temp.of('{"customer": {"do_not_service": "yes"}}'), 'customer.do_not_service', 'a flag is true or false');
select is(pg_temp.of('{"all": [{"all": [{"all": [{"all": [{"all": [{"all": [{"job": {"statuses": ["Hold"]}}]}]}]}]}]}]}'), 'all[0].all[0].all[0].all[0].all[0].all[0]', 'not too deep');
select is(pg_temp.paths('{"match": {"job": {"statuses": ["Hold"]}}, "phone": "fax", "purpose": "fun", "more": 1}'), 'p_definition.more p_definition.phone p_definition.purpose', 'the rest of a definition');
select is(pg_temp.paths('{"phone": "any"}'), 'p_definition.match', 'whom to match is said');
select is(pg_temp.paths('[]'), 'p_definition', 'an object');
select is(pg_temp.paths('{"category": "marketing", "report_id": 4003, "parameters": {"Days": 1}, "columns": {"phone": "Phone"}}', 'custom_report'), null, 'a report');
select is(pg_temp.paths('{"category": "", "report_id": "x", "parameters": [], "columns": {"pager": "P"}}', 'custom_report'), 'p_definition.category p_definition.columns.pager p_definition.parameters p_definition.report_id', 'of a report too');
select is(pg_temp.paths('{"match": {}}', 'csv'), 'p_definition', 'files have none');
select tests.create_team('Acme', 'ann@acme.example');
select tests.act_as('ann@acme.example');
select throws_ok($$ select public.create_audience_list('X', 'servicetitan', '{"match": {"job": {"colour": 1}}}') $$, 'OB001', null, 'a list with a wrong definition is not made');
select throws_ok($$ select public.preview_audience_definition('{"match": {"job": {"colour": 1}}}') $$, 'OB001', null, 'nor tried out');

select * from finish();
rollback;
