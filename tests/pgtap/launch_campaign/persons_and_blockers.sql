begin;
select plan(17);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
select tests.add_member(id, 'viewer@acme.example', 'viewer') as id into temp viewer from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
grant select on team, campaign to authenticated;

select tests.act_as('viewer@acme.example');
select throws_ok('select public.launch_campaign(id) from campaign', 'OB008', null, 'a viewer may not');
select tests.act_as('admin@other.example');
select throws_ok('select public.launch_campaign(id) from campaign', 'OB004', null, 'another team''s is not found');
select tests.act_as('admin@acme.example');
select throws_ok($$ select public.launch_campaign(id, 'infinity') from campaign $$, 'OB001', null, 'not at the end of time');
select throws_ok($$ select public.launch_campaign(id, '0044-03-15 BC') from campaign $$, 'OB001', null, 'nor before its beginning');
select is(
  tests.refusal(format('select public.launch_campaign(%L, %L)', id, '2027-03-01 09:00+00')) #>> '{detail,0,message}',
  'The start, Mon 1 Mar 2027 04:00, is past: in America/New_York it is Mon 1 Mar 2027 12:00 now. Choose a later one, or none to start now.',
  'nor at a time that is past, which is told in the team''s zone'
) from campaign;
select is(
  tests.refusal(format('select public.launch_campaign(%L, %L, true)', id, '2027-03-01 11:54:59-05')) #>> '{detail,0,code}', 'start_past',
  'nor by a dry run'
) from campaign;
select is(
  tests.refusal(format('select public.preflight_campaign(%L, %L)', id, '2027-03-01 11:54:59-05')) #>> '{detail,0,code}', 'start_past',
  'and the preflight says so too'
) from campaign;
select is(
  public.launch_campaign(id, '2027-03-01 11:55-05', true) ->> 'to', 'ACTIVE', 'what passed while she looked at the page is now'
) from campaign;
select is(
  public.launch_campaign(id, p_dry_run => true) - 'campaign_id' - 'at' - 'message',
  '{"from": "CREATED", "to": "ACTIVE", "dry_run": true, "members": 3, "blockers": []}', 'a dry run says what would be'
) from campaign;
select is((select status::text from public.campaigns), 'CREATED', 'and changes nothing');

select tests.act_as_superuser();
update public.phone_numbers set is_verified_for_texts = false;
update public.integrations set status = 'PAUSED', paused_reason = '401', paused_at = engine.now() where provider = 'vapi';
select is(
  (select array_agg(b ->> 'code') from jsonb_array_elements(
    public.launch_campaign(campaign.id, p_dry_run => true) -> 'blockers'
  ) as b),
  '{number_not_verified_for_texts,integration_paused_vapi}', 'everything that blocks is listed'
) from campaign;
select throws_ok('select public.launch_campaign(id) from campaign', 'OB007', null, 'and blocks');
update public.phone_numbers set is_verified_for_texts = true;
update public.integrations set status = 'ACTIVE', paused_reason = null, paused_at = null;

select tests.act_as('admin@acme.example');
select is(public.launch_campaign(id) ->> 'members', '3', 'launched') from campaign;
select is((select status::text from public.campaigns), 'ACTIVE', 'and active');
select throws_ok('select public.launch_campaign(id) from campaign', 'OB002', null, 'once only');
select tests.act_as_superuser();
select is((select count(*) from engine.jobs where status = 'READY'), 3::bigint, 'with a job for each contact');
select is((select enrolled from public.get_instant_metrics(array(select id from public.campaigns))), 3::bigint, 'and the count');

select * from finish();
rollback;
