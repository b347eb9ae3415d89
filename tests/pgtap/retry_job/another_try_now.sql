-- What waits for another try is due at once; what failed is tried as a new visit; everything else is refused.
begin;
select plan(16);
create temp table campaign as select tests.furnish_jobs(2) as id;
create temp table begun as
select * from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 2)));
create temp table answered as select * from engine.record_dispatches('w', (select jsonb_agg(case b.job_id
  when tests.job_id(1) then jsonb_build_object(
    'attempt_id', b.attempt_id, 'verdict', 'try_later', 'code', '503', 'retry_after_seconds', 3000
  )
  else jsonb_build_object('attempt_id', b.attempt_id, 'verdict', 'refused', 'code', 'bad_number')
end) from begun as b));
select is(
  (select array_agg(j.status::text || (j.run_at > engine.now())::text order by j.created_at, j.id) from engine.jobs as j),
  array['READYtrue', 'FAILEDfalse'], 'one waits for another try, one has failed'
);

select tests.act_as('vera@acme.example');
select throws_ok('select public.retry_job(tests.job_id(1))', 'OB008', null, 'a viewer may not');
select tests.act_as('rita@rival.example');
select throws_ok('select public.retry_job(tests.job_id(1))', 'OB004', null, 'another team has no such job');
select tests.act_as('otto@acme.example');
select is((public.retry_job(tests.job_id(1), true) ->> 'run_at')::timestamptz, '2027-03-01 12:00-05', 'a question');
select tests.act_as_superuser();
select is((select count(*) from engine.claim_jobs('w', '{call}', 9)), 0::bigint, 'changes nothing');
select tests.act_as('otto@acme.example');
select is(public.retry_job(tests.job_id(1)) ->> 'to', 'READY', 'now it is due');
select throws_ok('select public.retry_job(tests.job_id(1))', 'OB002', null, 'not twice: it is due already');

select is(public.retry_job(tests.job_id(2), true) ->> 'from', 'FAILED', 'what failed, as a question');
select is(public.retry_job(tests.job_id(2)) ->> 'from', 'FAILED', 'and done');
select throws_ok('select public.retry_job(tests.job_id(2))', 'OB002', null, 'its journey goes on now');
select tests.act_as_superuser();
select results_eq(
  'select j.node_id, j.visit, j.status::text, e.status::text, e.retry_count from engine.jobs as j
  inner join engine.enrollments as e on j.enrollment_id = e.id order by j.created_at, j.id',
  $$ values ('call', 1, 'READY', 'ACTIVE', 0), ('call', 1, 'FAILED', 'ACTIVE', 1), ('call', 2, 'READY', 'ACTIVE', 1) $$,
  'a new visit of the node that failed'
);
select is((select count(*) from engine.claim_jobs('w', '{call}', 9)), 2::bigint, 'both go out');
select tests.act_as('otto@acme.example');
select throws_ok('select public.retry_job(tests.job_id(1))', 'OB002', null, 'not what a worker has');
select tests.act_as_superuser();
create temp table freed as select engine.release_leases('w', array(select id from engine.jobs)) as jobs;
update engine.jobs set run_at = engine.now() + interval '1 hour', due_at = engine.now() + interval '1 hour' where status = 'READY';
select tests.act_as('otto@acme.example');
select throws_ok('select public.retry_job(tests.job_id(1))', 'OB002', null, 'not what waits for its time');
select isnt(public.get_job(tests.job_id(1)) #>> '{refusals,retry}', null, 'and get_job says so before');
select is(public.get_job(tests.job_id(1)) #>> '{refusals,cancel}', null, 'while it could be called off');
select * from finish();
rollback;
