-- The life of tasks: claimed once, resumed where they stood, put off, given up, and never lost.
begin;
select plan(28);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
create temp table bare as select tests.create_team('Bare', 'bob@bare.example') as id;
insert into public.integrations (team_id, provider, account_ref, secret_name, is_sandbox)
select id, 'servicetitan', '4711', 'ST', true from team;
create temp table run as
select r.* from team, engine.open_run(
  team.id, engine.new_list(team.id, 'People', 'servicetitan', '{}'), 'People', 'servicetitan', true, '{}', null
) as r;
create temp table subject as select engine.new_id() as id;
grant select on team, run, subject to outbound_worker;

select throws_ok($$ select engine.add_task(id, 'refresh', id) from bare $$, 'OB007', null, 'no account, no task');
select isnt((select engine.add_task(team.id, 'refresh', run.id) from team, run), null, 'a task is queued');
select is((select engine.add_task(team.id, 'refresh', run.id) from team, run), null, 'once for a subject');
select isnt((select engine.add_task(team.id, 'hold', subject.id) from team, subject), null, 'another kind');
select isnt((select engine.add_task(id, 'preview', id, engine.now() + interval '1 hour') from team), null, 'and one for later');
select is((select due_jobs from engine.pending_work()), 2::bigint, 'two are to be worked on now');

select tests.act_as_role('outbound_worker');
select results_eq(
  $$ select kind, account_ref, secret_name, is_sandbox, attempt_number, progress
    from engine.claim_tasks('w1', '{refresh,hold,preview,catalogue}', 10) $$,
  $$ values ('hold', '4711', 'ST', true, 1, '{}'::jsonb), ('refresh', '4711', 'ST', true, 1, '{}') $$,
  'the urgent one first, the later one not yet'
);
select is_empty($$ select from engine.claim_tasks('w2', '{refresh,hold}', 10) $$, 'nobody else gets them');
select tests.act_as_superuser();
create temp table task as select t.* from engine.tasks as t where t.kind = 'refresh';
grant select on task to outbound_worker;
select tests.act_as_role('outbound_worker');
select is((select engine.checkpoint_task('w1', id, '{"page": 3}') from task), true, 'progress is kept');
select is((select engine.checkpoint_task('w2', id, '{"page": 9}') from task), false, 'not that of others');
select is((select engine.end_task('w2', id, 'done') from task), null, 'nor what they say');
select tests.act_as_superuser();
-- a lease counts real seconds, whatever the campaign clock says
do $$ begin perform engine.set_clock(engine.now() + interval '3 minutes', 0); end $$;
select is((select count(*) from engine.tasks where status = 'CLAIMED' and lease_owner = 'w1') > 0, true, 'campaign time takes no lease away');
update engine.tasks set lease_expires_at = clock_timestamp() - interval '1 second';
select from engine.tick();
select is((select count(*) from engine.tasks where status = 'READY'), 3::bigint, 'the worker is gone');
select tests.act_as_role('outbound_worker');
select is((select engine.checkpoint_task('w1', id, '{"page": 4}') from task), false, 'and has nothing to say any more');
select is(
  (select c.progress || jsonb_build_object('n', c.attempt_number) from engine.claim_tasks('w2', '{refresh}', 1) as c),
  '{"page": 3, "n": 2}'::jsonb, 'another goes on where it stood'
);
select is((select engine.end_task('w2', id, 'later', 'rate_limited', 'Wait.', 60) from task), 'READY', 'put off');
select is_empty($$ select from engine.claim_tasks('w2', '{refresh}', 1) $$, 'for as long as was asked');
select tests.act_as_superuser();
select is((select attempt_count from engine.tasks where kind = 'refresh'), 1, 'which is no failure of its own');
do $$ begin perform engine.set_clock(engine.now() + interval '2 minutes', 0); end $$;
select tests.act_as_role('outbound_worker');
select is((select count(*) from engine.claim_tasks('w2', '{refresh}', 1)), 1::bigint, 'then again');
select is((select engine.end_task('w2', id, 'paused', 'unauthorized', 'The client secret is wrong.') from task), 'READY', 'the account is refused');
select tests.act_as_superuser();
select is((select status || ' ' || paused_reason from public.integrations where provider = 'servicetitan'),
  'PAUSED The client secret is wrong.', 'it pauses, and says why');
do $$ begin perform engine.set_clock(engine.now() + interval '2 hours', 0); end $$;
select is((select count(*) from engine.claim_tasks('w2', '{refresh,hold,preview}', 10)), 0::bigint, 'nothing is tried meanwhile');
select is((select due_jobs from engine.pending_work()), 0::bigint, 'and nothing waits to be');
update public.integrations set status = 'ACTIVE', paused_reason = null, paused_at = null where provider = 'servicetitan';
update engine.tasks set attempt_count = engine.task_attempts() - 1 where kind = 'refresh';
select is((select count(*) from engine.claim_tasks('w3', '{refresh}', 1)), 1::bigint, 'mended, it goes on');
select is((select engine.end_task('w3', id, 'later', 'server_error', 'It said 500.') from task), 'FAILED', 'until it was tried too often');
select results_eq(
  $$ select r.status::text, r.failure_code, r.failure_message from public.audience_runs as r inner join run on r.id = run.id $$,
  $$ values ('FAILED', 'server_error', 'It said 500.') $$, 'and then the run says so'
);
select throws_ok($$ select engine.end_task('w3', engine.new_id(), 'perhaps') $$, 'OB001', null, 'words that are none');
select tests.act_as('ann@acme.example');
select throws_ok($$ select engine.claim_tasks('w', '{refresh}', 1) $$, '42501', null, 'people claim nothing');

select * from finish();
rollback;
