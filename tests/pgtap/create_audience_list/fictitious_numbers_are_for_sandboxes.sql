-- A demo never carries a real person's number, and a production team never one out of a film.
begin;
select plan(2);

select tests.create_team('Toy', 'ann@toy.example');
select tests.create_team('Real', 'rob@real.example');
update public.teams set is_sandbox = false where name = 'Real';
select tests.act_as('ann@toy.example');
select is((public.create_audience_list('A', p_rows => '[["Phone"],["2125550101"]]') -> 'member_count')::integer, 1, 'a sandbox team may');
select tests.act_as('rob@real.example');
select throws_ok($$ select public.create_audience_list('A', p_rows => '[["Phone"],["2125550101"]]') $$, 'OB001', null, 'another may not');

select * from finish();
rollback;
