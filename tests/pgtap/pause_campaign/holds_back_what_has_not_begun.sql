begin;
select plan(15);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
select tests.add_member(id, 'viewer@acme.example', 'viewer') as id into temp viewer from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
grant select on team, campaign to public;

select tests.act_as('viewer@acme.example');
select throws_ok('select public.pause_campaign(id) from campaign', 'OB008', null, 'a viewer may not');
select throws_ok('select public.pause_campaign(id, true) from campaign', 'OB008', null, 'nor see what it would do');
select tests.act_as('admin@other.example');
select throws_ok('select public.pause_campaign(id) from campaign', 'OB004', null, 'another team''s is not found');
select tests.act_as_role('anon');
select throws_ok('select public.pause_campaign(null)', '42501', null, 'anon can''t reach it');
select tests.act_as('admin@acme.example');
select throws_ok('select public.pause_campaign(null)', 'OB004', null, 'no id is no campaign');

select is(
  tests.refusal(format('select public.pause_campaign(%L)', id)) -> 'detail',
  jsonb_build_object(
    'entity', 'campaign', 'id', id, 'from', 'CREATED', 'to', 'PAUSED', 'action', 'pause',
    'allowed', '["ACTIVE", "CANCELLED", "SCHEDULED"]'::jsonb
  ), 'only an active one is paused'
) from campaign;
select tests.quietly('select public.launch_campaign(id) from campaign');
select tests.act_as_superuser();
create temp table begun as
select * from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 1)));
select tests.quietly($$select engine.claim_jobs('w', '{call}', 1)$$);
select tests.act_as('admin@acme.example');
create temp table plan as select public.pause_campaign(id, true) as answer from campaign;
select is(
  answer - 'campaign_id' - 'message' - 'at',
  '{"from": "ACTIVE", "to": "PAUSED", "dry_run": true, "waiting": 0, "queued": 2, "in_progress": 1}',
  'a dry run counts what is held back, and what has begun'
) from plan;
select is((select status::text from public.campaigns), 'ACTIVE', 'and changes nothing');
create temp table done as select public.pause_campaign(id) as answer from campaign;
select is(d.answer - 'message' - 'dry_run', p.answer - 'message' - 'dry_run', 'what was announced is done') from done as d, plan as p;
select ok(answer ->> 'message' like '"Tune-up" is paused. Held back until it is resumed: 2 due now, 0 that wait%: 1.', 'and said') from done;
select is((select status::text from public.campaigns), 'PAUSED', 'it is paused');
select throws_ok('select public.pause_campaign(id) from campaign', 'OB002', null, 'once');
select tests.act_as_superuser();
select is_empty($$select * from engine.claim_jobs('w', '{call,text}', 10)$$, 'nothing is claimed');
select is_empty(
  $$select * from engine.begin_attempts('w', array(select id from engine.jobs where status = 'CLAIMED'))$$,
  'what was claimed does not begin'
);
select results_eq(
  'select to_status::text, reason, user_id is not null from engine.campaign_steps order by id',
  $$ values ('CREATED', 'created', false), ('ACTIVE', 'launched', true), ('PAUSED', 'paused', true) $$,
  'each step is in the diary, with who took it'
);

select * from finish();
rollback;
