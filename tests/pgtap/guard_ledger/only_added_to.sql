-- Nobody changes the ledger, not the owner of the database in raw SQL; a team takes its own with it.
begin;
select plan(8);
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
create temp table other as select tests.create_team('Other', 'eve@other.example') as id;
insert into public.consent_events (team_id, phone, channel, action, source)
select id, '+12125550123', 'text', 'opt_out', 'test' from (select id from team union all select id from other) as t;

select throws_ok($$ update public.consent_events set action = 'opt_in' $$, 'OB003', null, 'no change');
select throws_ok($$ update public.consent_events set words = 'x' where phone = '+12125550123' $$, 'OB003', null, 'not even of words');
select throws_ok($$ delete from public.consent_events $$, 'OB003', null, 'no removal');
select throws_ok($$ truncate public.consent_events $$, 'OB003', null, 'nor of all at once');
select throws_ok($$ truncate public.teams cascade $$, 'OB003', null, 'nor by the way of its teams');
select is((select count(*) from public.consent_events), 2::bigint, 'it is all there');
delete from public.teams as t using team where t.id = team.id;
select is((select count(*) from public.consent_events), 1::bigint, 'a team that goes takes its own with it');
select tests.act_as_role('service_role');
select throws_ok($$ delete from public.consent_events $$, '42501', null, 'and through the API nobody writes it');

select * from finish();
rollback;
