-- Only admins manage members, and the last of them stays one.
begin;
select plan(7);

create temporary table team on commit drop as
select tests.create_team('Acme', 'ann@example.com') as id;
grant select on team to public;

select tests.act_as('ann@example.com');
select is(
  (select role from public.set_team_member(tests.create_user('bob@example.com'), 'operator')),
  'operator'::public.team_role,
  'an admin adds a member without naming her only team'
);
select throws_ok(
  $$select public.set_team_member(tests.user_id('ann@example.com'), 'viewer')$$,
  'OB005', null, 'the last admin stays one'
);
select throws_ok(
  $$select public.set_team_member(gen_random_uuid(), 'viewer')$$, 'OB004', null, 'a person must exist'
);

select tests.act_as('bob@example.com');
select throws_ok(
  $$select public.set_team_member(tests.user_id('bob@example.com'), 'admin')$$,
  'OB008', null, 'an operator may not make himself an admin'
);

select tests.act_as('eve@example.com');
select throws_ok(
  format('select public.set_team_member(%L, %L, %L)', tests.user_id('eve@example.com'), 'admin', (select id from team)),
  'OB004', null, 'to a stranger the team does not exist'
);
select is((select count(*) from public.team_members), 0::bigint, 'and she sees none of its members');

select tests.act_as('ann@example.com');
select is(
  (select array_agg(role order by role) from public.team_members),
  array['operator', 'admin']::public.team_role[],
  'refused calls changed nothing'
);

select * from finish();
rollback;
