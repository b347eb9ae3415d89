-- A job is called off before it begins, and its journey with it; never after.
begin;
select plan(14);
create temp table campaign as select tests.furnish_jobs(3) as id;
create temp table claimed as select * from engine.claim_jobs('w', '{call}', 3);
create temp table freed as select engine.release_leases('w', array[tests.job_id(1)]) as jobs;
create temp table begun as select * from engine.begin_attempts('w', array[tests.job_id(3)]);
create function pg_temp.states()
returns text[]
language sql
as $$
  select array_agg(concat_ws(' ', j.status, j.reason_code, e.status, e.reason_code) order by j.created_at, j.id)
  from engine.jobs as j inner join engine.enrollments as e on j.enrollment_id = e.id
$$;

select tests.act_as('vera@acme.example');
select throws_ok('select public.cancel_job(tests.job_id(1))', 'OB008', null, 'a viewer may not');
select tests.act_as('rita@rival.example');
select throws_ok('select public.cancel_job(tests.job_id(1))', 'OB004', null, 'another team has no such job');
select tests.act_as('otto@acme.example');
select is(public.cancel_job(tests.job_id(1), true) ->> 'dry_run', 'true', 'first as a question');
select tests.act_as_superuser();
select is(pg_temp.states(), array['READY ACTIVE', 'CLAIMED ACTIVE', 'CLAIMED ACTIVE'], 'which changes nothing');
select tests.act_as('otto@acme.example');
select is(public.cancel_job(tests.job_id(1)) ->> 'to', 'CANCELLED', 'one that waits');
select is(public.cancel_job(tests.job_id(2)) ->> 'from', 'CLAIMED', 'one that a worker holds and has not begun');
select throws_ok('select public.cancel_job(tests.job_id(3))', 'OB002', null, 'not one whose request may be out');
select throws_ok('select public.cancel_job(tests.job_id(3), true)', 'OB002', null, 'nor is that promised');
select throws_ok('select public.cancel_job(tests.job_id(1))', 'OB002', null, 'not twice');
select tests.act_as_superuser();
select is(
  pg_temp.states(), array[
    'CANCELLED cancelled_by_operator CANCELLED cancelled_by_operator',
    'CANCELLED cancelled_by_operator CANCELLED cancelled_by_operator', 'CLAIMED ACTIVE'
  ], 'the journeys end with them'
);
select is((select count(*) from engine.begin_attempts('w', array[tests.job_id(2)])), 0::bigint, 'the worker does not begin it');
create temp table answered as select * from engine.record_dispatches('w', (select jsonb_agg(jsonb_build_object(
  'attempt_id', b.attempt_id, 'verdict', 'unknown', 'code', 'timeout'
)) from begun as b));
select tests.act_as('otto@acme.example');
select throws_ok('select public.cancel_job(tests.job_id(3))', 'OB002', null, 'not one in doubt');
select is(
  tests.refusal('select public.cancel_job(tests.job_id(3))') #>> '{detail,from}', 'AMBIGUOUS', 'and it says why'
);
select is(public.get_job(tests.job_id(1)) #>> '{reason}', 'An operator called it off.', 'which is told afterwards');
select * from finish();
rollback;
