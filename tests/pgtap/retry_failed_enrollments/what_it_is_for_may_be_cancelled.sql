-- Who is taken up instead of a dead number is bound to her job in ServiceTitan since the launch: the list may have
-- forgotten her by then, because the job was cancelled.
begin;
select plan(6);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(id, 4) as id from team;
update public.audience_lists set source = 'servicetitan', definition = '{"match": {"job": {}}}';
select tests.give_appointments(id) from public.audience_lists;
create temp table people as select id, row_number() over (order by id) as n from public.contacts;
-- Two customers with two numbers, each for one job.
update public.contacts as c set servicetitan_customer_id = 100 + (p.n + 1) / 2 from people as p where c.id = p.id;
update public.audience_members as m set servicetitan_job_id = 7000 + p.n, servicetitan_appointment_id = null from people as p where m.contact_id = p.id;
insert into engine.servicetitan_work (team_id, kind, id, was_cancelled) select team.id, 'job', 7000 + p.n, false from team, people as p;
insert into engine.servicetitan_watches (team_id) select id from team;
grant select on campaign to authenticated;
select tests.act_as('admin@acme.example');
select tests.quietly('select public.launch_campaign(id) from campaign');
select tests.act_as_superuser();
select is((select count(*) from engine.enrollment_work), 4::bigint, 'those who wait are bound to their jobs, too');
select tests.quietly($$
  select engine.record_dispatches('w', (
    select jsonb_agg(jsonb_build_object('attempt_id', b.attempt_id, 'verdict', 'refused', 'code', 'invalid-number', 'scope', 'number'))
    from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 9))) as b
  ))
$$);
-- The job of one is cancelled before, that of the other after.
create function pg_temp.cancelled(p_id bigint) returns integer language sql as $$
  select engine.store_cancelled(w.team_id, w.id, 'job', array[p_id]) from engine.servicetitan_watches as w
$$;
select is(pg_temp.cancelled(7002), 0, 'nobody is called about the job that is cancelled');
delete from public.audience_members as m using people as p where m.contact_id = p.id and p.n <= 2; -- by a refresh
select tests.quietly('select * from engine.servicetitan_watches as w cross join engine.start_watch(w.team_id, w.id)');
select tests.act_as('admin@acme.example');
select is(public.retry_failed_enrollments(id) ->> 'retried', '2', 'the other numbers are taken up') from campaign;
select tests.act_as_superuser();
select is(
  (select count(*) from engine.jobs where status = 'READY' and run_at = engine.now()), 2::bigint, 'at once: ServiceTitan is asked all the time'
);
select is(pg_temp.cancelled(7004), 2, 'whose jobs are cancelled, before or since');
select is((select count(*) from engine.jobs where status = 'READY'), 0::bigint, 'nobody is called about them');
select * from finish();
rollback;
