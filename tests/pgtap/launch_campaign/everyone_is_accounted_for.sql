-- Suppressed people and people in unknown zones are enrolled as such, with the reason, and get no job.
begin;
select plan(3);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 4) as id from team;
create temp table people as
select id, phone, row_number() over (order by phone) as n from public.contacts;
insert into public.suppressions (team_id, phone, channel, reason, source)
select team.id, phone, 'call', case n when 1 then 'opted_out' else 'litigator' end, 'test'
from team, people where n <= 2;
update public.contacts set timezones = '{}' where id = (select id from people where n = 3);

select is(public.launch_campaign(id) ->> 'members', '4', 'all are enrolled') from campaign;
select results_eq(
  $$ select e.status::text, e.reason_code from people as p
     join engine.enrollments as e on e.contact_id = p.id order by p.n $$,
  $$ values ('OPTED_OUT', 'suppressed_opted_out'), ('SUPPRESSED', 'suppressed_litigator'),
     ('SUPPRESSED', 'timezone_unknown'), ('ACTIVE', null::text) $$,
  'each with the reason'
);
select is((select count(*) from engine.jobs), 1::bigint, 'and only one will be called');

select * from finish();
rollback;
