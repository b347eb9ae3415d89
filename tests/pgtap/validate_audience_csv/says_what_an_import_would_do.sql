-- The same counts and problems as an import, and nothing written.
begin;
select plan(15);

select tests.create_team('Acme', 'ann@acme.example');
select tests.act_as('ann@acme.example');
create temp table checked as select public.validate_audience_csv(
  '[["Name","E-Mail","Phone Number"],
    ["Ann Lee","ann@x.example","(212) 555-0101"],
    ["Bob","bad","212-555-0102 x3"],
    ["Carl","","555-0103"],
    ["Again","","+12125550101"],
    ["","",""]]'
) as r;
grant select on checked to public;

select is(r -> 'mapping', '{"full_name": ["Name"], "email": ["E-Mail"], "phone": ["Phone Number"]}', 'columns are guessed') from checked;
select is(r -> 'counts', '{"rows": 4, "accepted": 2, "rejected": 1, "duplicate": 1, "warning": 1}', 'each row is counted once, blank ones not') from checked;
select is((r -> 'issue_count')::integer, 3, 'three problems') from checked;
select is(r #>> '{issues,0,code}', 'phone_without_area_code', 'errors first') from checked;
select is((r #> '{issues,0,row}')::integer, 4, 'rows are numbered as a spreadsheet shows them') from checked;
select is(r #>> '{issues,0,column}', 'Phone Number', 'columns are named as in the file') from checked;
select is(r #>> '{issues,1,severity}', 'warning', 'a bad address costs the value, not the row') from checked;
select is(r #>> '{issues,2,code}', 'duplicate_phone', 'the second row of a number') from checked;

select throws_ok($$ select public.validate_audience_csv('[["a","b"],["1","2"]]') $$, 'OB001', null, 'no column of phones');
select throws_ok($$ select public.validate_audience_csv('[]') $$, 'OB001', null, 'no rows');
select throws_ok($$ select public.validate_audience_csv('[1]') $$, 'OB001', null, 'no rows but numbers');
select throws_ok($$ select public.validate_audience_csv('{"a": 1}') $$, 'OB001', null, 'no array');
select throws_ok($$ select public.validate_audience_csv('[["Phone"],["1"]]', '{"phone": "Fon"}') $$, 'OB001', null, 'a mapping to a column that is not there');
select throws_ok(
  $$ select public.validate_audience_csv((select jsonb_agg('["2125550101"]'::jsonb) from generate_series(1, 20001))) $$,
  'OB009', null, 'more rows than a call takes'
);

select tests.act_as_superuser();
select is((select count(*) from public.audience_runs) + (select count(*) from engine.import_rows), 0::bigint, 'nothing is written');

select * from finish();
rollback;
