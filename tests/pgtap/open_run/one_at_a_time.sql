-- Never two runs of one list at once, whether the list is there or about to be made.
begin;
select plan(6);

select tests.set_clock('2026-03-02 12:00+00');
select tests.create_team('Acme', 'ann@acme.example');
select tests.act_as('ann@acme.example');
select lives_ok($$ select public.start_audience_import('[["Phone"],["2125550101"]]', p_list_name => 'New') $$, 'a first run');
select throws_ok($$ select public.start_audience_import('[["Phone"],["2125550101"]]', p_list_name => 'new') $$, 'OB005', null, 'a second one of a list to be');
select lives_ok($$ select public.start_audience_import('[["Phone"],["2125550101"]]', p_list_name => 'Newer') $$, 'another list is free');
select from public.create_audience_list('Old');
select lives_ok($$ select public.start_audience_import('[["Phone"],["2125550101"]]', p_list_name => 'Old') $$, 'a first run of a list');
select throws_ok(
  $$ select public.import_audience_rows(id, '[["Phone"],["2125550101"]]') from public.audience_lists where name = 'Old' $$,
  'OB005', null, 'a second one'
);
select tests.set_clock('2026-03-02 12:16+00');
select lives_ok($$ select public.start_audience_import('[["Phone"],["2125550101"]]', p_list_name => 'Old') $$, 'whoever was silent for too long is out');

select * from finish();
rollback;
