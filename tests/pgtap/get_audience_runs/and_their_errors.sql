-- Runs newest first, and what was wrong with their rows page by page; another team sees nothing of it.
begin;
select plan(8);

select tests.create_team('Acme', 'ann@acme.example');
select tests.create_team('Other', 'eve@other.example');
select tests.act_as('ann@acme.example');
create temp table list as
select public.create_audience_list('A', p_rows => '[["Phone"],["2125550101"],["1"],["2"],["3"]]', p_partial => true) as r;
grant select on list to public;
select from list cross join lateral public.import_audience_rows((r ->> 'id')::uuid, '[["Phone"],["2125550102"]]');
select is(public.get_audience_runs((r ->> 'id')::uuid) #>> '{items,0,status}', 'SUCCEEDED', 'the last run first') from list;
select is(public.get_audience_runs((r ->> 'id')::uuid, 1) #>> '{items,0,status}', 'SUCCEEDED', 'in pages') from list;
select is(
  public.get_audience_runs((r ->> 'id')::uuid, 1, public.get_audience_runs((r ->> 'id')::uuid, 1) ->> 'next_cursor') #>> '{items,0,status}',
  'PARTIAL', 'one after the other'
) from list;
select is(jsonb_array_length(public.get_audience_runs() -> 'items'), 2, 'of all lists');
create temp table errors as select public.get_audience_run_errors((r #>> '{run,id}')::uuid, 'error', 2) as e from list;
select is(jsonb_array_length(e -> 'items'), 2, 'a page of problems') from errors;
select is(
  public.get_audience_run_errors((r #>> '{run,id}')::uuid, 'error', 2, (select e ->> 'next_cursor' from errors)) #> '{items,0,row}', '5', 'and the rest'
) from list;
select tests.act_as('eve@other.example');
select throws_ok($$ select public.get_audience_run_errors((r #>> '{run,id}')::uuid) from list $$, 'OB004', null, 'not found for others');
select is((select count(*) from public.audience_run_errors), 0::bigint, 'nor in the table');

select * from finish();
rollback;
