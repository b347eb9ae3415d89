begin;
select plan(21);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
select tests.add_member(id, 'viewer@acme.example', 'viewer') as id into temp viewer from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
grant select on team, campaign to public;

select tests.act_as('viewer@acme.example');
select throws_ok('select public.archive_campaign(id) from campaign', 'OB008', null, 'a viewer may not');
select throws_ok('select public.archive_campaign(id, true) from campaign', 'OB008', null, 'nor see what it would do');
select tests.act_as('admin@other.example');
select throws_ok('select public.archive_campaign(id) from campaign', 'OB004', null, 'another team''s is not found');
select tests.act_as_role('anon');
select throws_ok('select public.archive_campaign(null)', '42501', null, 'anon can''t reach it');
select tests.act_as('admin@acme.example');
select throws_ok('select public.archive_campaign(null)', 'OB004', null, 'no id is no campaign');

select tests.act_as('viewer@acme.example');
select throws_ok('select public.unarchive_campaign(id) from campaign', 'OB008', null, 'a viewer may not');
select throws_ok('select public.unarchive_campaign(id, true) from campaign', 'OB008', null, 'nor see what it would do');
select tests.act_as('admin@other.example');
select throws_ok('select public.unarchive_campaign(id) from campaign', 'OB004', null, 'another team''s is not found');
select tests.act_as_role('anon');
select throws_ok('select public.unarchive_campaign(null)', '42501', null, 'anon can''t reach it');
select tests.act_as('admin@acme.example');
select throws_ok('select public.unarchive_campaign(null)', 'OB004', null, 'no id is no campaign');

select throws_ok('select public.unarchive_campaign(id) from campaign', 'OB002', null, 'what is not archived is not taken out');
select is(
  public.archive_campaign(id, true) - 'campaign_id' - 'at' - 'message',
  '{"from": "CREATED", "to": "CREATED", "dry_run": true, "enrolled": 0, "archived": true}', 'a dry run says what would be'
) from campaign;
select is((select archived_at from public.campaigns), null, 'and changes nothing');
select tests.quietly('select public.archive_campaign(id) from campaign');
select is(
  (select archived_at from public.campaigns), '2027-03-01 12:00-05'::timestamptz, 'what has not begun is archived'
);
select throws_ok('select public.archive_campaign(id) from campaign', 'OB002', null, 'once');
select throws_ok('select public.launch_campaign(id) from campaign', 'OB002', null, 'and is not launched');
select tests.quietly('select public.unarchive_campaign(id) from campaign');
select tests.quietly('select public.launch_campaign(id) from campaign');
select throws_ok('select public.archive_campaign(id) from campaign', 'OB002', null, 'what runs is not archived');
select tests.quietly('select public.cancel_campaign(id) from campaign');
select is(public.archive_campaign(id) -> 'enrolled', '3', 'what is over is, with what it did') from campaign;
select tests.act_as_superuser();
select throws_ok(
  $$update public.campaigns set status = 'ACTIVE', retry_count = 1, ended_at = null, archived_at = engine.now()$$, 'OB002', null,
  'no SQL makes it run'
);
select results_eq(
  'select reason from engine.campaign_steps order by id',
  $$ values ('created'), ('archived'), ('unarchived'), ('launched'), ('cancelled'), ('archived') $$, 'the diary knows'
);
select throws_ok(
  $$insert into public.campaigns (team_id, name, list_id, workflow_id, phone_number_id, status, started_at, archived_at)
    select team_id, 'Late', list_id, workflow_id, phone_number_id, 'ACTIVE', engine.now(), engine.now() from public.campaigns$$,
  '23514', null, 'nothing that runs is archived'
);

select * from finish();
rollback;
