begin;
select plan(8);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
grant select on team, campaign to public;
select tests.act_as_role('anon');
select throws_ok('select public.get_campaign(null)', '42501', null, 'anon can''t reach it');
select tests.act_as('admin@other.example');
select throws_ok('select public.get_campaign(id) from campaign', 'OB004', null, 'another team''s is not found');
select tests.act_as('admin@acme.example');
select is(public.get_campaign(id) -> 'blockers', '[]', 'nothing is in the way') from campaign;
select tests.quietly('select public.launch_campaign(id) from campaign');
select tests.quietly('select public.pause_campaign(id) from campaign');
select is(
  public.get_campaign(id) - 'blockers' - 'steps', public.list_campaigns() #> '{items,0}', 'as in the table of campaigns'
) from campaign;
select is(
  (select array_agg(s ->> 'reason') from campaign, jsonb_array_elements(public.get_campaign(id) -> 'steps') as s),
  '{paused,launched,created}', 'with its diary'
);
select is(
  (public.get_campaign(id) #> '{steps,0}') - 'user_id', '{"reason": "paused", "from": "ACTIVE", "to": "PAUSED", '
  '"at": "2027-03-01T17:00:00+00:00"}'::jsonb, 'each step with its time'
) from campaign;
select is(
  (public.get_campaign(id) #>> '{steps,0,user_id}')::uuid, tests.user_id('admin@acme.example'), 'and who took it'
) from campaign;
select tests.act_as_superuser();
update public.integrations set status = 'PAUSED', paused_reason = '401', paused_at = engine.now() where provider = 'vapi';
delete from public.audience_members;
select tests.act_as('admin@acme.example');
select is(
  (select array_agg(b ->> 'code') from campaign, jsonb_array_elements(public.get_campaign(id) -> 'blockers') as b),
  '{integration_paused_vapi}', 'and what is in the way of going on'
);

select * from finish();
rollback;
