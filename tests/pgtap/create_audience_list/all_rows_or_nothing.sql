-- One row that cannot be used refuses the list, its members and its contacts; a partial import is asked for.
begin;
select plan(18);

select tests.create_team('Acme', 'ann@acme.example');
select tests.act_as('ann@acme.example');
prepare refused as select public.create_audience_list('Spring', p_rows => '[["Phone"],["2125550101"],["911"],["5550100"]]');
select throws_ok('refused', 'OB001', null, 'refused');
select is((select count(*) from public.audience_lists), 0::bigint, 'no list');
select is((select count(*) from public.contacts), 0::bigint, 'no contact');
select is((select count(*) from public.audience_runs), 0::bigint, 'no run');

create function pg_temp.problems()
returns jsonb
language plpgsql
as $$
declare
  v_detail text;
begin
  perform public.create_audience_list('Spring', p_rows => '[["Phone"],["2125550101"],["911"],["5550100"]]');
  return null;
exception when sqlstate 'OB001' then
  get stacked diagnostics v_detail = pg_exception_detail;
  return v_detail::jsonb;
end
$$;
select is(jsonb_array_length(pg_temp.problems()), 2, 'the detail has every problem');
select is(pg_temp.problems() -> 0, '{"code": "phone_too_short", "severity": "error", "path": "p_rows", "message": "The number has too few digits.", "row": 3, "column": "Phone", "value": "911"}', 'by row and column');

create temp table made as
select public.create_audience_list('Spring', p_rows => '[["Phone"],["2125550101"],["911"],["212 555 0101"],["2125550102"]]', p_partial => true) as r;
select is(r #>> '{run,status}', 'PARTIAL', 'asked for, the others are imported') from made;
select is(
  r #> '{run,counts}', '{"fetched": 4, "added": 2, "updated": 0, "removed": 0, "excluded": 0, "rejected": 1, "duplicate": 1, "warning": 0}',
  'every row is accounted for'
) from made;
select is((r -> 'member_count')::integer, 2, 'the list has its members') from made;
select is((select count(*) from public.audience_members), 2::bigint, 'and so has the table');
select throws_ok(
  $$ select public.create_audience_list('None', p_rows => '[["Phone"],["911"]]', p_partial => true) $$,
  'OB001', null, 'a partial import of nothing is refused'
);
select is((public.create_audience_list('Empty', 'servicetitan', '{"match": {"job": {"statuses": ["Completed"]}}}') -> 'member_count')::integer, 0, 'a list without rows');
select throws_ok($$ select public.create_audience_list('') $$, 'OB001', null, 'a name is needed');
select throws_ok($$ select public.create_audience_list('X', 'fax') $$, 'OB001', null, 'a known source');
select throws_ok($$ select public.create_audience_list('X', 'servicetitan', p_rows => '[["Phone"]]') $$, 'OB001', null, 'rows are for files');
select throws_ok($$ select public.create_audience_list('X', 'csv', '[]') $$, 'OB001', null, 'a definition is an object');

select tests.act_as_superuser();
select tests.add_member(id, 'vic@acme.example', 'viewer') from public.teams;
select tests.act_as('vic@acme.example');
select throws_ok($$ select public.create_audience_list('X') $$, 'OB008', null, 'a viewer may not');
select tests.act_as('eve@other.example');
select throws_ok($$ select public.create_audience_list('X') $$, 'OB004', null, 'who is in no team finds none');

select * from finish();
rollback;
