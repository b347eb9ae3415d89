-- Three fail for two reasons, one is reached. What failed is tried again at the node that it failed at.
begin;
select plan(29);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 4) as id from team;
select tests.add_member(id, 'viewer@acme.example', 'viewer') as id into temp viewer from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
grant select on team, campaign to public;

select tests.act_as('viewer@acme.example');
select throws_ok('select public.retry_failed_enrollments(id) from campaign', 'OB008', null, 'a viewer may not');
select tests.act_as('admin@other.example');
select throws_ok('select public.retry_failed_enrollments(id) from campaign', 'OB004', null, 'another team''s is not found');
select tests.act_as_role('anon');
select throws_ok('select public.retry_failed_enrollments(null)', '42501', null, 'anon can''t reach it');
select tests.act_as('admin@acme.example');
select throws_ok('select public.retry_failed_enrollments(null)', 'OB004', null, 'no id is no campaign');
select throws_ok('select public.retry_failed_enrollments(id) from campaign', 'OB002', null, 'what has not begun has not failed');
select tests.quietly('select public.launch_campaign(id) from campaign');
select is(
  public.retry_failed_enrollments(id) - 'campaign_id' - 'at' - 'message',
  '{"from": "ACTIVE", "to": "ACTIVE", "dry_run": false, "retried": 0, "by_reason": [], "by_node": [], "blockers": []}',
  'nothing has failed'
) from campaign;
select is((select retry_count from public.campaigns), 0, 'which is no retry');

select tests.act_as_superuser();
create temp table begun as
select b.*, row_number() over (order by b.job_id) as n
from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 9))) as b;
select tests.quietly($$
  select engine.record_dispatches('w', jsonb_agg(jsonb_build_object('attempt_id', b.attempt_id) || case
    when b.n <= 2 then '{"verdict": "refused", "code": "invalid-number"}'::jsonb
    when b.n = 3 then '{"verdict": "refused", "code": "blocked"}'
    else '{"verdict": "accepted", "provider_id": "p4"}' end)) from begun as b
$$);
select tests.quietly($$
  select engine.ingest_event(jsonb_build_array(jsonb_build_object(
    'provider', 'vapi', 'event_key', 'k4', 'provider_id', 'p4', 'type', 'end-of-call-report',
    'payload', '{"endedReason": "customer-ended-call"}'::jsonb
  )))
$$);
select tests.quietly('select engine.tick()');
select is((select status::text from public.campaigns), 'COMPLETED', 'it is over');
create temp table codes as select reason_code, count(*) as amount from engine.enrollments where status = 'FAILED' group by 1;
grant select on codes to public;

select tests.act_as('admin@acme.example');
create temp table plan as select public.retry_failed_enrollments(id, p_dry_run => true) as answer from campaign;
select is(answer -> 'retried', '3', 'a dry run counts what failed') from plan;
select is(answer ->> 'to', 'ACTIVE', 'and says that it would run again') from plan;
select results_eq(
  $$select r ->> 'reason_code', (r -> 'enrollments')::bigint from plan, jsonb_array_elements(answer -> 'by_reason') as r order by 2$$,
  'select * from codes order by 2', 'by reason'
);
select is(answer -> 'by_node', '[{"node_id": "call", "label": "First call", "enrollments": 3}]', 'and by node') from plan;
select is((select status::text from public.campaigns), 'COMPLETED', 'and changes nothing');
select is(
  public.retry_failed_enrollments(id, array['no_such']) ->> 'to', 'COMPLETED', 'a reason that nothing failed for opens nothing'
) from campaign;
select tests.act_as_superuser();
update public.integrations set status = 'PAUSED', paused_reason = '401', paused_at = engine.now() where provider = 'vapi';
select tests.act_as('admin@acme.example');
select throws_ok('select public.retry_failed_enrollments(id) from campaign', 'OB007', null, 'what blocks a launch blocks it');
select is(
  public.retry_failed_enrollments(id, p_dry_run => true) #>> '{blockers,0,code}', 'integration_paused_vapi', 'as a dry run says'
) from campaign;
select tests.act_as_superuser();
update public.integrations set status = 'ACTIVE', paused_reason = null, paused_at = null;
select tests.set_clock('2027-03-01 13:00-05');
update engine.enrollments set retries_left = 0;
select tests.act_as('admin@acme.example');
create temp table done as
select public.retry_failed_enrollments(campaign.id, array(select reason_code from codes where amount = 2)) as answer from campaign;
select is(answer -> 'retried', '2', 'those with the reason that was asked for') from done;
select is((select status::text from public.campaigns), 'ACTIVE', 'it runs again');
select is((select ended_at from public.campaigns), null, 'and has not ended');
select tests.act_as_superuser();
select results_eq(
  'select node_id, visit, count(*)::integer from engine.jobs where status = ''READY'' group by 1, 2',
  $$ values ('call', 2, 2) $$, 'with a new visit of the node that failed'
);
select results_eq(
  $$select retry_count, retries_left, reason_code, count(*)::integer from engine.enrollments where status = 'ACTIVE' group by 1, 2, 3$$,
  $$ values (1, 10, null, 2) $$, 'and a whole budget'
);
select results_eq(
  'select reason from engine.campaign_steps order by id desc limit 1', $$ values ('retried') $$, 'which the diary knows'
);
select throws_ok(
  $$update engine.enrollments set status = 'ACTIVE', reason_code = null, ended_at = null where status = 'FAILED'$$, 'OB002', null,
  'no other SQL opens one'
);

-- The node's own rule begins anew: a no-answer is called once more.
create temp table again as
select * from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 1)));
select tests.quietly($$
  select engine.record_dispatches('w', jsonb_build_array(jsonb_build_object(
    'attempt_id', attempt_id, 'verdict', 'accepted', 'provider_id', 'p5'
  ))) from again
$$);
select tests.quietly($$
  select engine.ingest_event(jsonb_build_array(jsonb_build_object(
    'provider', 'vapi', 'event_key', 'k5', 'provider_id', 'p5', 'type', 'end-of-call-report',
    'payload', '{"endedReason": "customer-did-not-answer"}'::jsonb
  )))
$$);
select is((select max(visit) from engine.jobs), 3, 'as if she had not been tried before');

-- Suppressed since: the gate closes the new job.
insert into public.suppressions (team_id, phone, channel, reason, source)
select e.team_id, e.phone, 'call', 'litigator', 'test' from engine.enrollments as e where e.status = 'FAILED';
select tests.act_as('admin@acme.example');
select tests.quietly('select public.pause_campaign(id) from campaign');
select ok(
  public.retry_failed_enrollments(id) ->> 'message' like '%: 1 of those%They wait until it is resumed.',
  'in a campaign that is paused too'
) from campaign;
select is((select status::text from public.campaigns), 'PAUSED', 'which stays paused');
select tests.quietly('select public.resume_campaign(id) from campaign');
select tests.act_as_superuser();
select tests.quietly('select engine.claim_jobs(''w'', ''{call}'', 9)');
select is(
  (select reason_code from engine.enrollments where status = 'SUPPRESSED'), 'suppressed_litigator', 'who is suppressed is not reached'
);
select tests.act_as('admin@acme.example');
select tests.quietly('select public.cancel_campaign(id) from campaign');
select throws_ok('select public.retry_failed_enrollments(id) from campaign', 'OB002', null, 'what was cancelled stays so');
select tests.act_as_superuser();
select is_empty(
  'select c.* from campaign cross join lateral engine.compare_counters(campaign.id) as c',
  'and all is counted'
);

select * from finish();
rollback;
