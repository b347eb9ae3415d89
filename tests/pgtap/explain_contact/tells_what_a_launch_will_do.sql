-- Before a launch: who would be enrolled, who left out and why, and when it starts; and it is so afterwards.
begin;
select plan(9);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
create temp table person as
select p.id, p.phone, row_number() over (order by p.phone) as n from public.contacts as p;
insert into public.suppressions (team_id, phone, channel, reason, source)
select team.id, p.phone, 'call', 'litigator', 'test' from team cross join person as p where p.n = 2;
update public.campaigns as c
set exclusions = jsonb_build_object('phones', jsonb_build_array((select phone from person where n = 3)));
create function pg_temp.explained(p_n integer)
returns jsonb
language sql
as $$ select public.explain_contact(c.id, p.id) from campaign as c inner join person as p on p.n = p_n $$;

select is(pg_temp.explained(1) #>> '{next,decision}', 'enroll', 'she would be enrolled');
select is(
  (pg_temp.explained(2) #>> '{next,decision}') || ' ' || (pg_temp.explained(2) #>> '{next,reason_code}'),
  'leave_out suppressed_litigator', 'the second would not'
);
select is(pg_temp.explained(3) #>> '{next,reason_code}', 'excluded_phone', 'nor the third');
select public.launch_campaign(id, '2027-03-02 12:00-05') as launched into temp scheduled from campaign;
select is(pg_temp.explained(1) ->> 'reason_code', 'campaign_scheduled', 'later');
select is((pg_temp.explained(1) #>> '{next,at}')::timestamptz, '2027-03-02 12:00-05', 'and when');
select tests.set_clock('2027-03-02 12:00-05');
select engine.launch_scheduled_campaigns() as launched into temp launched;
select is(pg_temp.explained(1) #>> '{enrollment,status}', 'ACTIVE', 'she was enrolled');
select is(
  (pg_temp.explained(2) #>> '{enrollment,status}') || ' ' || (pg_temp.explained(2) ->> 'reason_code'),
  'SUPPRESSED suppressed_litigator', 'the second was not'
);
select is(pg_temp.explained(3) ->> 'reason_code', 'excluded_phone', 'nor the third');
select is(
  (select array_agg(l.value ->> 'step' order by l.n)
    from jsonb_array_elements(pg_temp.explained(1) -> 'timeline') with ordinality as l (value, n) where l.value ->> 'kind' = 'campaign'),
  array['created', 'scheduled', 'launched'], 'every step of the campaign is told'
);
select * from finish();
rollback;
