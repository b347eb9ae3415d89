begin;
select plan(6);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
select tests.add_member(id, 'viewer@acme.example', 'viewer') as id into temp viewer from team;
select tests.create_team('Other', 'admin@other.example') as id into temp other;
grant select on team, campaign to public;

select tests.act_as_superuser();
update public.campaigns set max_lateness = '6 hours';
update public.contacts set timezones = '{America/New_York}';
select tests.act_as('admin@acme.example');
select tests.quietly('select public.launch_campaign(id) from campaign');
select tests.quietly('select public.pause_campaign(id) from campaign');
select tests.act_as_superuser();
update engine.jobs set run_at = '2027-03-01 13:00-05', due_at = '2027-03-01 13:00-05'
where id = (select max(id::text)::uuid from engine.jobs);
select tests.set_clock('2027-03-01 18:30-05');
select tests.act_as('admin@acme.example');
create temp table plan as select public.resume_campaign(id, true) as answer from campaign;
select is(answer -> 'too_late', '2', 'those that were due more than six hours ago') from plan;
select is(answer -> 'due', '1', 'and one that was not') from plan;
select is(
  public.resume_campaign(id) - 'message' - 'dry_run', answer - 'message' - 'dry_run', 'what was announced is done'
) from campaign, plan;
select tests.act_as_superuser();
select results_eq(
  'select status::text, reason_code, count(*)::integer from engine.jobs group by 1, 2 order by 3',
  $$ values ('READY', null, 1), ('CANCELLED', 'too_late', 2) $$, 'they are closed with the reason'
);
select results_eq(
  'select status::text, reason_code, count(*)::integer from engine.enrollments group by 1, 2 order by 3',
  $$ values ('ACTIVE', null, 1), ('FAILED', 'too_late', 2) $$, 'and so are their journeys'
);
select is((select count(*) from engine.claim_jobs('w', '{call}', 100)), 1::bigint, 'the other goes out');

select * from finish();
rollback;
