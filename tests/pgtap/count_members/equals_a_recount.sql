-- Whatever adds or removes members, the list's count is the number of its members.
begin;
select plan(5);

select tests.create_team('Acme', 'ann@acme.example');
select tests.act_as('ann@acme.example');
select from public.create_audience_list('A', p_rows => '[["Phone"],["2125550101"],["2125550102"],["2125550103"]]');
select from public.create_audience_list('B', p_rows => '[["Phone"],["2125550102"],["2125550103"]]');
select tests.act_as_superuser();
create function pg_temp.wrong()
returns bigint
language sql
as $$
  select count(*) from public.audience_lists as l
  where l.member_count <> (select count(*) from public.audience_members as m where m.team_id = l.team_id and m.list_id = l.id)
$$;
select is((select sum(member_count) from public.audience_lists), 5::numeric, 'counted in');
delete from public.contacts where phone = '+12125550102';
select is((select sum(member_count) from public.audience_lists), 3::numeric, 'a contact that goes leaves both lists');
select is(pg_temp.wrong(), 0::bigint, 'each list is right');
select throws_ok(
  $$ update public.audience_members set list_id = (select id from public.audience_lists where name = 'B') where contact_id = (select id from public.contacts where phone = '+12125550101') $$,
  'OB003', null, 'a member does not become another one'
);
delete from public.audience_members;
select is((select sum(member_count) from public.audience_lists), 0::numeric, 'counted out');

select * from finish();
rollback;
