-- A worker gives back its own jobs, and of these only what no request may have left for.
begin;
select plan(6);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
select public.launch_campaign(id) as launched into temp launched from campaign;
create temp table claimed as select * from engine.claim_jobs('w', '{call}', 3);
create temp table begun as select * from engine.begin_attempts('w', array(select job_id from claimed order by job_id limit 1));

select is(engine.release_leases('v', array(select job_id from claimed)), 0, 'another worker''s jobs are not its own');
select is(engine.release_leases('w', '{}'), 0, 'nothing is nothing');
select is(engine.release_leases('w', array(select job_id from claimed)), 2, 'what was begun stays');
select is(
  (select array_agg(j.status::text || coalesce(' ' || j.lease_owner, '') order by j.status) from engine.jobs as j),
  array['READY', 'READY', 'CLAIMED w'], 'the others are free, without a lease'
);
select is(engine.release_leases('w', array(select job_id from claimed)), 0, 'saying it twice changes nothing');
select tests.act_as('admin@acme.example');
select throws_ok($$ select engine.release_leases('w', '{}') $$, '42501', null, 'it is for workers');
select * from finish();
rollback;
