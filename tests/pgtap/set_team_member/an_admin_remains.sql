begin;
select plan(5);
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table people as select tests.create_user('new@acme.example') as new_id, tests.user_id('admin@acme.example') as admin_id;
grant select on people to authenticated;

select tests.act_as('admin@acme.example');
select is((public.set_team_member(new_id, 'operator')).role, 'operator', 'added') from people;
select is((public.set_team_member(new_id, 'viewer')).role, 'viewer', 'changed') from people;
select throws_ok(
  'select public.set_team_member(admin_id, ''viewer'') from people', 'OB005', null, 'the last admin stays one'
);
select throws_ok('select public.set_team_member(gen_random_uuid(), ''viewer'')', 'OB004', null, 'nobody unknown');
select tests.act_as('new@acme.example');
select throws_ok('select public.set_team_member(new_id, ''admin'') from people', 'OB008', null, 'a viewer may not');

select * from finish();
rollback;
