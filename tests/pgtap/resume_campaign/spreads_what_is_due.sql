-- Two a batch, every ten minutes; a pause of half an hour makes everybody half an hour later.
begin;
select plan(17);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(
  team.id, 12, p_call => '{"batching": {"size": 2, "interval": "PT10M"}}'
) as id from team;
select tests.add_member(id, 'viewer@acme.example', 'viewer') as id into temp viewer from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
grant select on team, campaign to public;

select tests.act_as('viewer@acme.example');
select throws_ok('select public.resume_campaign(id) from campaign', 'OB008', null, 'a viewer may not');
select throws_ok('select public.resume_campaign(id, true) from campaign', 'OB008', null, 'nor see what it would do');
select tests.act_as('admin@other.example');
select throws_ok('select public.resume_campaign(id) from campaign', 'OB004', null, 'another team''s is not found');
select tests.act_as_role('anon');
select throws_ok('select public.resume_campaign(null)', '42501', null, 'anon can''t reach it');
select tests.act_as('admin@acme.example');
select throws_ok('select public.resume_campaign(null)', 'OB004', null, 'no id is no campaign');

select throws_ok('select public.resume_campaign(id) from campaign', 'OB002', null, 'only what is paused');
select tests.quietly('select public.launch_campaign(id) from campaign');
select tests.act_as_superuser();
create temp table before as select id, run_at, row_number() over (order by run_at, id) as n from engine.jobs;
select tests.act_as('admin@acme.example');
select tests.quietly('select public.pause_campaign(id) from campaign');
select tests.act_as_superuser();
select tests.set_clock('2027-03-01 12:30-05');
select tests.act_as('admin@acme.example');
create temp table plan as select public.resume_campaign(id, true) as answer from campaign;
select is(
  answer - 'campaign_id' - 'message' - 'at', '{"from": "PAUSED", "to": "ACTIVE", "dry_run": true, "due": 8, "waiting": 4, '
  '"in_progress": 0, "too_late": 0, "holds": 0, "blockers": []}'::jsonb, 'a dry run counts'
) from plan;
select is((select status::text from public.campaigns), 'PAUSED', 'and changes nothing');
create temp table done as select public.resume_campaign(id) as answer from campaign;
select is(d.answer - 'message' - 'dry_run', p.answer - 'message' - 'dry_run', 'what was announced is done') from done as d, plan as p;
select tests.act_as_superuser();
select results_eq(
  $$select run_at, count(*)::integer from engine.jobs group by 1 order by 1$$,
  $$select '2027-03-01 12:30-05'::timestamptz + n * interval '10 minutes', 2 from generate_series(0, 5) as n$$,
  'two a batch from now on'
);
select is_empty(
  $$select from before as b inner join engine.jobs as j using (id)
    where j.run_at <> b.run_at + interval '30 minutes'$$, 'in the order that they had'
);
select is((select count(*) from engine.claim_jobs('w', '{call}', 100)), 2::bigint, 'no burst');
select results_eq(
  $$select slot_at, used from engine.pacing where slot_at > engine.now() order by 1$$,
  $$select '2027-03-01 12:30-05'::timestamptz + n * interval '10 minutes', 2 from generate_series(1, 5) as n$$,
  'the batches are booked'
);

-- A gap: who comes after it is not moved.
update engine.jobs set run_at = '2027-03-01 18:00-05' where run_at = '2027-03-01 13:20-05';
select tests.act_as('admin@acme.example');
select tests.quietly('select public.pause_campaign(id) from campaign');
select tests.act_as_superuser();
select tests.set_clock('2027-03-01 12:40-05');
select tests.act_as('admin@acme.example');
select tests.act_as_superuser();
update public.integrations set status = 'PAUSED', paused_reason = '401', paused_at = engine.now() where provider = 'vapi';
select tests.act_as('admin@acme.example');
select is(
  tests.refusal(format('select public.resume_campaign(%L)', id)) #>> '{detail,blockers,0,code}', 'integration_paused_vapi',
  'what blocks a launch blocks it'
) from campaign;
select is(
  public.resume_campaign(id, true) #>> '{blockers,0,code}', 'integration_paused_vapi', 'which a dry run says'
) from campaign;
select tests.act_as_superuser();
update public.integrations set status = 'ACTIVE', paused_reason = null, paused_at = null;
delete from public.audience_members;
select tests.act_as('admin@acme.example');
select is(public.resume_campaign(id) ->> 'to', 'ACTIVE', 'a list that has lost its members doesn''t') from campaign;
select tests.act_as_superuser();
select is(
  (select count(*) from engine.jobs where run_at = '2027-03-01 18:00-05'), 2::bigint, 'who comes after a gap is not moved'
);

select * from finish();
rollback;
