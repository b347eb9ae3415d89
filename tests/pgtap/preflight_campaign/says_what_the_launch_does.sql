-- The funnel adds up, and is what the launch then does; nothing is written before.
begin;
select plan(20);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 30) as id from team;
create temp table people as
select id, team_id, phone, row_number() over (order by phone) as n from public.contacts;
create temp table other_list as select tests.create_list(id, 0) as id from team;
select tests.add_member(id, 'viewer@acme.example', 'viewer') as id into temp viewer from team;
select tests.create_team('Other', 'admin@other.example') as id into temp stranger;
grant select on team, campaign, people, other_list to authenticated;

update public.contacts as c set servicetitan_customer_id = p.n from people as p where c.id = p.id and p.n > 4;
insert into engine.servicetitan_customers (team_id, id, tag_ids, do_not_service, is_active)
select team_id, n, case when n <= 8 then array[7, 13] else array[7] end, false, true from people where n > 4;
insert into public.audience_members (team_id, list_id, contact_id)
select p.team_id, other_list.id, p.id from people as p cross join other_list where n between 4 and 6;
insert into public.suppressions (team_id, phone, channel, reason, source)
select team_id, phone, 'call', case when n < 12 then 'opted_out' else 'litigator' end, 'test' from people where n between 8 and 13;
update public.contacts as c set timezones = '{}' from people as p where c.id = p.id and p.n in (13, 14, 15);
update public.contacts as c set timezones = '{America/Los_Angeles}' from people as p where c.id = p.id and p.n between 16 and 18;
update public.contacts as c set timezones = '{America/New_York,Asia/Tokyo,Europe/London}' from people as p where c.id = p.id and p.n = 19;
update public.campaigns as c set
  exclusions = jsonb_build_object('tags', '{13}'::int[], 'list_ids', array[other_list.id]), targeting = '{"tags": [7]}'
from other_list;

create function pg_temp.reasons()
returns jsonb
language sql
security definer
as $$
  select jsonb_object_agg(r.code, r.people) from (
    select coalesce(reason_code, 'reach') as code, count(*) as people from engine.enrollments group by 1
  ) as r
$$;

select tests.act_as('admin@other.example');
select throws_ok('select public.preflight_campaign(id) from campaign', 'OB004', null, 'another team''s is not found');
select tests.act_as('viewer@acme.example');
select throws_ok('select public.preflight_campaign(id, ''infinity'') from campaign', 'OB001', null, 'not at the end of time');
select public.preflight_campaign(id) as told into temp told from campaign;
select is(
  (select jsonb_agg(f - 'message') from told cross join jsonb_array_elements(told -> 'funnel') as f),
  '[{"code": "members", "left_out": 0, "left": 30},
    {"code": "not_targeted", "left_out": 4, "left": 26},
    {"code": "excluded_in_list", "left_out": 2, "left": 24},
    {"code": "excluded_tag", "left_out": 2, "left": 22},
    {"code": "suppressed_litigator", "left_out": 2, "left": 20},
    {"code": "suppressed_opted_out", "left_out": 3, "left": 17},
    {"code": "timezone_unknown", "left_out": 2, "left": 15}]',
  'a step for each reason, in order'
);
select is((select told ->> 'reach' from told), '15', 'the last step is the reach');
select is((select told ->> 'members' from told), '30', 'of everybody in the list');
select is(
  (select told -> 'timezones' from told),
  '[{"people": 11, "timezones": ["America/New_York"]}, {"people": 3, "timezones": ["America/Los_Angeles"]},
    {"people": 1, "timezones": ["America/New_York", "Asia/Tokyo", "Europe/London"]}]', 'who live in these zones'
);
select is((select told #>> '{estimate,first_contact_at}' from told), '2027-03-01T17:00:00+00:00', 'the first at once');
select is((select told #>> '{estimate,never_open}' from told), '1', 'whom no hour fits is told');
select is(
  (select jsonb_path_query_array(told, '$.warnings[*].code') from told), '["never_open"]', 'as a warning'
);
select is((select told -> 'blockers' from told), '[]', 'nothing blocks');
select tests.act_as_superuser();
select is((select count(*) from engine.enrollments), 0::bigint, 'nobody is enrolled yet');
update public.integrations set status = 'PAUSED', paused_reason = '401', paused_at = engine.now() where provider = 'vapi';
select tests.act_as('viewer@acme.example');
select is(
  (select jsonb_path_query_array(public.preflight_campaign(id), '$.blockers[*].code') from campaign), '["integration_paused_vapi"]',
  'what blocks is told'
);
select tests.act_as_superuser();
update public.integrations set status = 'ACTIVE', paused_reason = null, paused_at = null;

select tests.act_as('admin@acme.example');
select is(public.launch_campaign(id) ->> 'members', '30', 'launched') from campaign;
select is(
  pg_temp.reasons(),
  (select jsonb_object_agg(f ->> 'code', f -> 'left_out') - 'members' || jsonb_build_object('reach', told -> 'reach')
   from told cross join jsonb_array_elements(told -> 'funnel') as f group by told),
  'the launch does what was told'
);
select throws_ok('select public.preflight_campaign(id) from campaign', 'OB003', null, 'it is for what has not started');
select throws_ok('select public.preflight_campaign(gen_random_uuid())', 'OB004', null, 'and for what is there');

-- Nobody is left.
select tests.act_as_superuser();
select public.create_campaign('Nobody', list_id, workflow_id, phone_number_id, p_targeting => '{"tags": [99]}', p_team_id => team_id) as made
into temp second from public.campaigns;
select public.preflight_campaign((made).id) as told into temp told_second from second;
select is((select told ->> 'reach' from told_second), '0', 'nobody is left');
select is((select jsonb_path_query_array(told, '$.warnings[*].code') from told_second), '["nobody_left"]', 'which is worth a warning');
select is((select told #> '{estimate,last_contact_at}' from told_second), 'null', 'and takes no time');
select is((select count(*) from engine.jobs), 15::bigint, 'only the first one makes jobs');

select * from finish();
rollback;
