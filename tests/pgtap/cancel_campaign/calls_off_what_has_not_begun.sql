begin;
select plan(17);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
select tests.add_member(id, 'viewer@acme.example', 'viewer') as id into temp viewer from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
grant select on team, campaign to public;

select tests.act_as('viewer@acme.example');
select throws_ok('select public.cancel_campaign(id) from campaign', 'OB008', null, 'a viewer may not');
select throws_ok('select public.cancel_campaign(id, true) from campaign', 'OB008', null, 'nor see what it would do');
select tests.act_as('admin@other.example');
select throws_ok('select public.cancel_campaign(id) from campaign', 'OB004', null, 'another team''s is not found');
select tests.act_as_role('anon');
select throws_ok('select public.cancel_campaign(null)', '42501', null, 'anon can''t reach it');
select tests.act_as('admin@acme.example');
select throws_ok('select public.cancel_campaign(null)', 'OB004', null, 'no id is no campaign');

select tests.quietly('select public.launch_campaign(id) from campaign');
select tests.act_as_superuser();
create temp table begun as
select * from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 1)));
select tests.quietly($$select engine.claim_jobs('w', '{call}', 1)$$);
select tests.act_as('admin@acme.example');
create temp table plan as select public.cancel_campaign(id, true) as answer from campaign;
select is(
  answer - 'campaign_id' - 'message' - 'at',
  '{"from": "ACTIVE", "to": "CANCELLED", "dry_run": true, "waiting": 0, "queued": 2, "in_progress": 1, "cancelled": 2, "freed": 0}',
  'a dry run counts'
) from plan;
select is((select status::text from public.campaigns), 'ACTIVE', 'and changes nothing');
create temp table done as select public.cancel_campaign(id) as answer from campaign;
select is(d.answer - 'message' - 'dry_run', p.answer - 'message' - 'dry_run', 'what was announced is done') from done as d, plan as p;
select throws_ok('select public.cancel_campaign(id) from campaign', 'OB002', null, 'once');
select tests.act_as_superuser();
select results_eq(
  'select status::text, reason_code, count(*)::integer from engine.jobs group by 1, 2 order by 3',
  $$ values ('CLAIMED', null, 1), ('CANCELLED', 'campaign_cancelled', 2) $$, 'what has begun is left'
);
select results_eq(
  'select status::text, reason_code, count(*)::integer from engine.enrollments group by 1, 2 order by 3',
  $$ values ('ACTIVE', null, 1), ('CANCELLED', 'campaign_cancelled', 2) $$, 'with its journey'
);

-- What had begun is accepted, and not answered: there would be a retry.
select tests.quietly($$
  select engine.record_dispatches('w', jsonb_build_array(jsonb_build_object(
    'attempt_id', b.attempt_id, 'verdict', 'accepted', 'provider_id', 'p1'
  ))) from begun as b
$$);
select tests.quietly($$
  select engine.ingest_event(jsonb_build_array(jsonb_build_object(
    'provider', 'vapi', 'event_key', 'k1', 'provider_id', 'p1', 'type', 'end-of-call-report',
    'payload', '{"endedReason": "customer-did-not-answer"}'::jsonb
  )))
$$);
select is((select outcome::text from engine.jobs where status = 'DONE'), 'no_answer', 'it is counted');
select is((select count(*) from engine.jobs), 3::bigint, 'and makes no next job');
select is(
  (select cancelled from public.get_instant_metrics(array(select id from campaign))), 3::bigint, 'everybody is accounted for'
);
select is_empty(
  'select c.* from campaign cross join lateral engine.compare_counters(campaign.id) as c',
  'and counted'
);

select tests.act_as('admin@acme.example');
create temp table another as
select (public.create_campaign('Another', c.list_id, c.workflow_id, c.phone_number_id)).id from public.campaigns as c;
select is(public.cancel_campaign(id) ->> 'from', 'CREATED', 'what has not begun is cancelled too') from another;
select is((select started_at from public.campaigns where name = 'Another'), null, 'without ever having started');

select * from finish();
rollback;
