-- Lists of the caller's team, newest first, with their counts.
begin;
select plan(6);

select tests.create_team('Acme', 'ann@acme.example');
select tests.create_team('Other', 'eve@other.example');
select tests.act_as('ann@acme.example');
select from public.create_audience_list('One', p_rows => '[["Phone"],["2125550101"]]');
select pg_sleep(0.002); -- ids are in order of the millisecond
select from public.create_audience_list('Two');
select is(public.list_audience_lists() #>> '{items,0,name}', 'Two', 'newest first');
select is(public.list_audience_lists(p_search => 'oN') #>> '{items,0,name}', 'One', 'by part of the name');
select is((public.list_audience_lists(p_search => 'one') #> '{items,0,member_count}')::integer, 1, 'with its members counted');
select is(public.list_audience_lists(p_limit => 1, p_cursor => public.list_audience_lists(p_limit => 1) ->> 'next_cursor') #>> '{items,0,name}', 'One', 'page by page');
select throws_ok($$ select public.list_audience_lists(p_status => 'GONE') $$, 'OB001', null, 'a status is one of two');
select tests.act_as('eve@other.example');
select is(public.list_audience_lists(), '{"items": [], "next_cursor": null}', 'another team sees none');

select * from finish();
rollback;
