-- Members that come later are enrolled at once in campaigns that enroll continuously, and in no others.
begin;
select plan(16);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
create temp table setup as select tests.create_campaign(id, 2) as campaign_id from team;
grant select on setup to authenticated;
select tests.act_as('ann@acme.example');
create temp table list as select (public.create_audience_list('Web leads', 'speed_to_lead') ->> 'id')::uuid as id;
create temp table camp as
select (public.create_campaign(n.name, list.id, c.workflow_id, c.phone_number_id, p_is_continuous => n.continuous)).id, n.name
from list, public.campaigns as c, (values ('always', true), ('later', true), ('once', false)) as n (name, continuous)
where c.id = (select campaign_id from setup);
select lives_ok($$ select public.launch_campaign(id) from camp where name = 'always' $$, 'without a member');

create temp table lead as select public.ingest_lead(id, '{"phone": "2125550123"}', p_urgency => 'emergency') as it from list;
select is((select it -> 'campaigns' from lead), (
  select jsonb_build_array(jsonb_build_object(
    'campaign_id', camp.id, 'name', 'always', 'enrollment_id', it -> 'campaigns' -> 0 -> 'enrollment_id', 'status', 'ACTIVE'
  )) from camp, lead where camp.name = 'always'
), 'only where it was launched');
select tests.act_as_superuser();
select results_eq(
  $$ select j.run_at, j.priority::integer from engine.jobs as j $$, $$ values ('2027-03-01 12:00-05'::timestamptz, 0) $$, 'due at once, before all others'
);
select is((select count(*) from engine.claim_jobs('w1', '{call}', 10)), 1::bigint, 'and claimed');
select tests.act_as('ann@acme.example');
select lives_ok($$ select public.ingest_lead(id, '{"phone": "2125550123"}', 'again') from list $$, 'who asks twice');
select tests.act_as_superuser();
select is((select count(*) from engine.enrollments), 1::bigint, 'is enrolled once');
update public.campaigns set status = 'PAUSED' where name = 'always';
select tests.act_as('ann@acme.example');
select is((select public.ingest_lead(id, '{"phone": "2125550124"}') -> 'campaigns' -> 0 ->> 'status' from list), 'ACTIVE', 'a pause loses nobody');
select tests.act_as_superuser();
select is((select count(*) from engine.claim_jobs('w1', '{call}', 10)), 0::bigint, 'and calls nobody');
select tests.act_as('ann@acme.example');
select lives_ok($$ select public.launch_campaign(id) from camp where name in ('later', 'once') $$, 'others are launched');
select tests.act_as_superuser();
select results_eq(
  $$ select c.name, count(*) from engine.enrollments as e inner join public.campaigns as c on e.campaign_id = c.id group by 1 order by 1 $$,
  $$ values ('always', 2::bigint), ('later', 2), ('once', 2) $$, 'with those who are there'
);
select tests.act_as('ann@acme.example');
select is((select jsonb_array_length(public.ingest_lead(id, '{"phone": "2125550125"}') -> 'campaigns') from list), 2, 'the next one is in two of three');
select tests.act_as_superuser();
insert into public.suppressions (team_id, phone, channel, reason, source)
select id, '+12125550126', 'call', 'opted_out', 'test' from team;
select tests.act_as('ann@acme.example');
select is((select public.ingest_lead(id, '{"phone": "2125550126"}') -> 'campaigns' -> 0 ->> 'status' from list), 'OPTED_OUT', 'who said stop is accounted for');
select tests.act_as_superuser();
select is((select count(*) from engine.jobs where phone = '+12125550126'), 0::bigint, 'and not called');
update public.campaigns set status = 'CANCELLED', ended_at = engine.now() where name = 'later';
select tests.act_as('ann@acme.example');
select is((select jsonb_array_length(public.ingest_lead(id, '{"phone": "2125550127"}') -> 'campaigns') from list), 1, 'what is cancelled enrolls nobody');
select tests.act_as_superuser();
select is_empty($$ select engine.complete_campaigns() where false $$, 'nothing');
select is((select c.status::text from public.campaigns as c where c.name = 'always'), 'PAUSED', 'and a continuous one goes on');

select * from finish();
rollback;
