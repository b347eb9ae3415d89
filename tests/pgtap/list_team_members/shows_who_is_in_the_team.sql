-- Members see one another with their addresses, and nobody of another team.
begin;
select plan(4);

create temporary table team on commit drop as
select tests.create_team('Acme', 'ann@example.com') as id, tests.create_team('Rival', 'eve@example.com') as rival_id;
grant select on team to public;
select tests.add_member((select id from team), 'bob@example.com', 'viewer');

select tests.act_as('bob@example.com');
select results_eq(
  'select user_id, email, role from public.list_team_members()',
  $$values
    (tests.user_id('ann@example.com'), 'ann@example.com', 'admin'::public.team_role),
    (tests.user_id('bob@example.com'), 'bob@example.com', 'viewer')$$,
  'a viewer sees everybody of the team, admins first'
);
select throws_ok(
  'select public.list_team_members((select rival_id from team))', 'OB004', null, 'another team does not exist'
);

select tests.act_as_role('service_role');
select results_eq(
  'select email from public.list_team_members((select rival_id from team))', $$values ('eve@example.com')$$,
  'a service names the team'
);

select tests.act_as_role('anon');
select throws_ok('select public.list_team_members()', '42501', null, 'anonymous callers reach nothing');

select * from finish();
rollback;
