-- Who is not enrolled, who was left out, who waits and who is turned away: each with its reason.
begin;
select plan(18);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
select tests.add_member(id, 'vera@acme.example', 'viewer') from team;
create temp table rival as select tests.create_team('Rival', 'rita@rival.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
create temp table person as
select p.id, p.phone, row_number() over (order by p.phone) as n from public.contacts as p inner join team on p.team_id = team.id;
insert into public.contacts (team_id, phone, timezones) select id, '+12125550177', '{America/New_York}' from team;
grant select on team, rival, campaign, person to authenticated;

create function pg_temp.explained(p_n integer)
returns jsonb
language sql
as $$ select public.explain_contact(c.id, p.id) from campaign as c inner join person as p on p.n = p_n $$;

-- Before the launch, and who is asking.
select tests.act_as('vera@acme.example');
select is(pg_temp.explained(1) ->> 'reason_code', 'campaign_not_launched', 'a viewer may ask; nothing has begun');
select is(pg_temp.explained(1) -> 'enrollment', 'null'::jsonb, 'and she is not enrolled');
select is(
  (select public.explain_contact(c.id, p_phone => '(212) 555-0177') ->> 'reason_code' from campaign as c), 'not_a_member',
  'found by a number as people write it'
);
select throws_ok('select public.explain_contact((select id from campaign))', 'OB001', null, 'whom?');
select throws_ok(
  $$ select public.explain_contact((select id from campaign), p_phone => '12') $$, 'OB001', null, 'that is no number'
);
select throws_ok(
  $$ select public.explain_contact((select id from campaign), p_phone => '+12125550178') $$, 'OB004', null, 'nobody has it'
);
select throws_ok(
  'select public.explain_contact((select id from team), (select id from person where n = 1))', 'OB004', null, 'no such campaign'
);
select tests.act_as('rita@rival.example');
select throws_ok('select pg_temp.explained(1)', 'OB004', null, 'another team''s campaign is not there');
select tests.act_as_superuser();

-- The second has opted out, the third's zones leave no hour, the first is held back by the law until 13:00.
insert into public.suppressions (team_id, phone, channel, reason, source)
select team.id, p.phone, 'call', 'opted_out', 'test' from team cross join person as p where p.n = 2;
select public.launch_campaign(id) as launched into temp launched from campaign;
update public.contacts set timezones = '{America/New_York,Pacific/Honolulu}' where id = (select id from person where n = 1);
update public.contacts set timezones = '{America/New_York,Asia/Tokyo,Europe/London}' where id = (select id from person where n = 3);
select is(
  pg_temp.explained(2) #>> '{enrollment,status}' || ' ' || (pg_temp.explained(2) ->> 'reason_code'),
  'OPTED_OUT suppressed_opted_out', 'left out at the launch'
);
select is(
  pg_temp.explained(1) -> 'next' ->> 'reason_code', 'outside_hours', 'whoever waits is told why'
);
select is(
  (pg_temp.explained(1) -> 'next' ->> 'at')::timestamptz, '2027-03-01 13:00-05', 'and until when'
);
select is(pg_temp.explained(3) -> 'next' ->> 'kind', 'close', 'whoever will not be called too');
select count(*) as claimed into temp claimed from engine.claim_jobs('w', '{call}', 10);
select is(pg_temp.explained(3) #>> '{enrollment,status}', 'FAILED', 'and then it is so');
select is(pg_temp.explained(3) ->> 'reason_code', 'never_open', 'for the reason that was told before');
select is(
  (select array_agg(concat_ws(' ', l.value ->> 'kind', l.value ->> 'decision', l.value ->> 'reason_code') order by l.n)
    from jsonb_array_elements(pg_temp.explained(3) -> 'timeline') with ordinality as l (value, n)
    where l.value ->> 'kind' not in ('campaign', 'list')),
  array['enrollment', 'job', 'gate close never_open', 'cancelled never_open', 'end never_open'], 'step by step'
);
select is(pg_temp.explained(1) -> 'next' ->> 'kind', 'send', 'the first still waits');

-- Who came later, and who never comes.
insert into public.audience_members (team_id, list_id, contact_id)
select c.team_id, c.list_id, p.id
from public.campaigns as c
inner join public.contacts as p on c.team_id = p.team_id and p.phone = '+12125550177';
select is(
  (select public.explain_contact(c.id, p_phone => '+12125550177') ->> 'reason_code' from campaign as c), 'joined_too_late',
  'after the launch of a campaign that does not enroll continuously'
);
update public.campaigns set status = 'PAUSED';
select is(pg_temp.explained(1) -> 'next' ->> 'reason_code', 'campaign_not_active', 'a pause is a reason to wait');
select * from finish();
rollback;
