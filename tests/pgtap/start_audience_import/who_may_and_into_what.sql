-- The Data API authorises what a worker's connection then copies.
begin;
select plan(6);

select tests.add_member(tests.create_team('Acme', 'ann@acme.example'), 'vic@acme.example', 'viewer');
select tests.act_as('vic@acme.example');
select throws_ok($$ select public.start_audience_import('[["Phone"],["2125550101"]]', p_list_name => 'A') $$, 'OB008', null, 'a viewer may not');
select tests.act_as('ann@acme.example');
select throws_ok($$ select public.start_audience_import('[["Phone"],["2125550101"]]') $$, 'OB001', null, 'a list is needed');
select throws_ok($$ select public.start_audience_import('[["Name"],["Ann"]]', p_list_name => 'A') $$, 'OB001', null, 'a column of phones is needed');
select throws_ok($$ select public.start_audience_import('[["Phone"],["2125550101"]]', p_list_id => gen_random_uuid()) $$, 'OB004', null, 'a list that is there');
select from public.create_audience_list('Twin');
select from public.create_audience_list('twin');
select throws_ok($$ select public.start_audience_import('[["Phone"],["2125550101"]]', p_list_name => 'TWIN') $$, 'OB001', null, 'one list, not two of a name');
select from public.create_audience_list('Filtered', 'servicetitan');
select throws_ok($$ select public.start_audience_import('[["Phone"],["2125550101"]]', p_list_name => 'Filtered') $$, 'OB001', null, 'a list that takes files');

select * from finish();
rollback;
