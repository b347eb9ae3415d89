-- While a campaign is over nobody asks ServiceTitan what was cancelled. What is tried again waits until that was asked.
begin;
select plan(6);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(id, 2) as id from team;
select tests.connect_holds(id, '4001') from team;
update public.audience_lists set source = 'servicetitan', definition = '{"match": {"job": {}}}';
create temp table people as select id, row_number() over (order by id) as n from public.contacts;
update public.audience_members as m set servicetitan_job_id = 7001 from people as p where m.contact_id = p.id and p.n = 1;
insert into engine.servicetitan_work (team_id, kind, id, was_cancelled) select id, 'job', 7001, false from team;
grant select on campaign to authenticated;
create function pg_temp.at(p_at timestamptz) returns integer language plpgsql as $$
begin
  -- the clock alone: setting it properly ticks as well
  update engine.deployment set clock_at = p_at, clock_set_at = statement_timestamp(), clock_rate = 0;
  return (engine.tick_work() ->> 'looks_queued')::integer;
end
$$;
select tests.act_as('admin@acme.example');
select tests.quietly('select public.launch_campaign(id) from campaign');
select tests.act_as_superuser();
select is(pg_temp.at('2027-03-01 12:01-05'), 1, 'it is asked while she waits for her call');
select tests.quietly($$
  select engine.record_dispatches('w', (
    select jsonb_agg(jsonb_build_object('attempt_id', b.attempt_id, 'verdict', 'refused', 'code', 'blocked'))
    from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 9))) as b
  ))
$$);
select tests.quietly('select engine.end_task(''w'', c.task_id, ''done'') from engine.claim_tasks(''w'', ''{watch}'', 5) as c');
select tests.quietly('select engine.tick()');
select is((select status from public.campaigns), 'COMPLETED', 'nobody is left');
select is(pg_temp.at('2027-03-01 12:02-05'), 0, 'so nobody asks');

select tests.act_as('admin@acme.example');
select is(public.retry_failed_enrollments(id) ->> 'retried', '2', 'both are tried again') from campaign;
select tests.act_as_superuser();
select results_eq(
  $$ select p.n, j.run_at - engine.now() from engine.jobs as j inner join people as p on j.contact_id = p.id where j.status = 'READY' order by 1 $$,
  $$ values (1::bigint, interval '5 minutes'), (2, interval '0') $$, 'whoever is called about a job not at once'
);
select is(pg_temp.at('2027-03-01 12:03-05'), 1, 'because it is asked first, with the next tick');
select * from finish();
rollback;
