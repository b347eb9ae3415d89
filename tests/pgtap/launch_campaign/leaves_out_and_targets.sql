-- Whom a campaign leaves out or does not target is enrolled with the reason, and not contacted: at the launch
-- and later, of everybody one reason, in the order of the page on guardrails.
begin;
select plan(9);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 9) as id from team;
create temp table people as
select id, team_id, phone, row_number() over (order by phone) as n from public.contacts;
create temp table other_list as select tests.create_list(id, 0) as id from team;
grant select on team, campaign, people, other_list to authenticated;

-- All but the first are customers; the second is none that carries the tag; nine has no zone.
update public.contacts as c set servicetitan_customer_id = p.n from people as p where c.id = p.id and p.n > 1;
insert into engine.servicetitan_customers (team_id, id, tag_ids, do_not_service, is_active)
select team_id, n, case when n > 2 then array[77] else '{}' end || case when n = 3 then array[13] else '{}' end, false, true
from people where n > 1;
update public.audience_members as m
set servicetitan_job_id = p.n from people as p where m.contact_id = p.id and p.n > 2;
insert into engine.servicetitan_member_jobs (team_id, id, business_unit_id, campaign_id)
select team_id, n, case when n = 4 then 6 else 5 end, case when n = 5 then null else 40 end from people where n > 2;
insert into engine.servicetitan_memberships (team_id, id, customer_id, business_unit_id, is_active)
select team_id, 1, 4, 5, true from people where n = 4;
insert into public.audience_members (team_id, list_id, contact_id)
select p.team_id, other_list.id, p.id from people as p cross join other_list where n in (6, 3);
insert into public.suppressions (team_id, phone, channel, reason, source)
select team_id, phone, 'call', 'opted_out', 'test' from people where n in (2, 6, 7);
update public.contacts as c set timezones = '{}' from people as p where c.id = p.id and p.n in (7, 9);

select tests.act_as('admin@acme.example');
select is((
  select c.targeting from campaign cross join other_list cross join lateral public.update_campaign(
    campaign.id, p_exclusions => jsonb_build_object('tags', '{13}'::int[], 'list_ids', array[other_list.id]),
    p_targeting => '{"tags": [77, 78], "business_units": [5], "campaigns": [40]}'
  ) as c
), '{"tags": [77, 78], "business_units": [5], "campaigns": [40]}', 'set up');
select is(public.launch_campaign(id) ->> 'members', '9', 'everybody is enrolled') from campaign;
select tests.act_as_superuser();
select results_eq(
  $$ select p.n, e.status::text, e.reason_code from people as p join engine.enrollments as e on e.contact_id = p.id order by 1 $$,
  $$ values
  (1::bigint, 'SUPPRESSED', 'not_targeted'), (2, 'SUPPRESSED', 'not_targeted'), (3, 'SUPPRESSED', 'excluded_in_list'),
  (4, 'ACTIVE', null), (5, 'SUPPRESSED', 'not_targeted'), (6, 'SUPPRESSED', 'excluded_in_list'),
  (7, 'OPTED_OUT', 'suppressed_opted_out'), (8, 'ACTIVE', null), (9, 'SUPPRESSED', 'timezone_unknown') $$,
  'unknown, without the tag, in a list, by membership, of another campaign, in a list, opted out, fit, nowhere'
);
select is((select count(*) from engine.jobs), 2::bigint, 'and two are called');
select is(
  (select sum(amount) from engine.counters where state in ('ACTIVE', 'SUPPRESSED', 'OPTED_OUT') and node_id = ''), 9::numeric,
  'the counters have all of them'
);

-- Who comes later.
select lives_ok($$ update public.campaigns set is_continuous = true $$, 'continuous');
insert into public.contacts (team_id, phone, timezones, servicetitan_customer_id)
select team.id, tests.fictitious_phone(6000 + n), '{America/New_York}', 100 + n from team cross join generate_series(1, 2) as n;
insert into engine.servicetitan_customers (team_id, id, tag_ids, do_not_service, is_active)
select id, 102, '{78}', false, true from team;
insert into engine.servicetitan_member_jobs (team_id, id, business_unit_id, campaign_id) select id, 102, 5, 40 from team;
insert into public.audience_members (team_id, list_id, contact_id, servicetitan_job_id)
select c.team_id, m.list_id, c.id, c.servicetitan_customer_id
from public.contacts as c cross join (select list_id from public.campaigns) as m where c.servicetitan_customer_id > 100;
select results_eq(
  $$ select c.servicetitan_customer_id, e.status::text, e.reason_code from public.contacts as c
     join engine.enrollments as e on e.contact_id = c.id where c.servicetitan_customer_id > 100 order by 1 $$,
  $$ values (101::bigint, 'SUPPRESSED', 'not_targeted'), (102, 'ACTIVE', null) $$, 'is judged alike'
);
select is((select count(*) from engine.jobs), 3::bigint, 'and one of them is called');
select ok(
  not exists (
    select e.reason_code from engine.enrollments as e where e.reason_code is not null
    except select r.code from reference.reasons as r
  ),
  'every reason is one that can be told'
);

select * from finish();
rollback;
