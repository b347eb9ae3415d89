begin;
select plan(13);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
select tests.add_member(id, 'viewer@acme.example', 'viewer') as id into temp viewer from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
grant select on team, campaign to public;

select tests.act_as('viewer@acme.example');
select throws_ok('select public.unschedule_campaign(id) from campaign', 'OB008', null, 'a viewer may not');
select throws_ok('select public.unschedule_campaign(id, true) from campaign', 'OB008', null, 'nor see what it would do');
select tests.act_as('admin@other.example');
select throws_ok('select public.unschedule_campaign(id) from campaign', 'OB004', null, 'another team''s is not found');
select tests.act_as_role('anon');
select throws_ok('select public.unschedule_campaign(null)', '42501', null, 'anon can''t reach it');
select tests.act_as('admin@acme.example');
select throws_ok('select public.unschedule_campaign(null)', 'OB004', null, 'no id is no campaign');

select throws_ok('select public.unschedule_campaign(id) from campaign', 'OB002', null, 'only what is scheduled');
select tests.quietly('select public.launch_campaign(id, ''2027-03-02 09:00-05'') from campaign');
create temp table plan as select public.unschedule_campaign(id, true) as answer from campaign;
select is(
  answer - 'campaign_id' - 'message',
  '{"from": "SCHEDULED", "to": "CREATED", "dry_run": true, "at": "2027-03-01T17:00:00+00:00",
    "scheduled_at": "2027-03-02T14:00:00+00:00"}'::jsonb,
  'a dry run says from when'
) from plan;
select is((select status::text from public.campaigns), 'SCHEDULED', 'and changes nothing');
select is(
  public.unschedule_campaign(id) - 'dry_run' - 'message', answer - 'dry_run' - 'message', 'what was announced is done'
) from campaign, plan;
select is((select status::text from public.campaigns), 'CREATED', 'it is as before');
select is((select scheduled_at from public.campaigns), null, 'without a time');
select tests.act_as_superuser();
select tests.set_clock('2027-03-03 12:00-05');
select tests.quietly('select engine.tick()');
select is((select status::text from public.campaigns), 'CREATED', 'its time passes unnoticed');
select is_empty('select from engine.enrollments', 'nobody was enrolled');

select * from finish();
rollback;
