-- Whose job or appointment ServiceTitan cancels after she was enrolled for it is not called any more; nobody else is
-- stopped: not who was matched by a cancelled one, not who has another job, not who is through, not another team's.
begin;
select plan(28);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as
select n, tests.create_team('Team ' || n, n || '@acme.example') as id from generate_series(1, 2) as n;
create temp table campaign as select n, tests.create_campaign(id, 9) as id from team;
update public.audience_lists set source = 'servicetitan', definition = '{"match": {"job": {}}}';
select tests.give_appointments(id, 1) from public.audience_lists; -- all but the last match by work
-- the seventh is the first one's customer, with a job of her own
update public.audience_members set servicetitan_customer_id = 101 where servicetitan_job_id = 7007;
-- the third's appointment has the id of the first one's job
update public.audience_members set servicetitan_appointment_id = 7001 where servicetitan_job_id = 7003;
-- the second was cancelled when it matched, of the eighth nobody knows
insert into engine.servicetitan_work (team_id, kind, id, was_cancelled)
select t.id, k.kind, k.base + m.n, m.n = 2
from team as t cross join (values ('job', 7000), ('appointment', 9000)) as k (kind, base) cross join generate_series(1, 7) as m (n)
union all select id, 'appointment', 7001, false from team;
select tests.quietly(format('select public.launch_campaign(%L)', id)) from campaign;
create function pg_temp.person(p_team integer, p_n integer) returns uuid language sql as $$
  select e.id from engine.enrollments as e
  inner join campaign as c on e.campaign_id = c.id and c.n = p_team
  inner join public.contacts as p on e.contact_id = p.id and p.first_name = 'Pat ' || p_n
$$;
create function pg_temp.state(p_team integer, p_n integer) returns text language sql as $$
  select concat_ws(' ', e.status, e.reason_code, j.status, j.reason_code)
  from engine.enrollments as e inner join engine.jobs as j on e.id = j.enrollment_id where e.id = pg_temp.person(p_team, p_n)
$$;
create function pg_temp.begin_call(p_n integer) returns bigint language sql as $$
  select count(*) from engine.begin_attempts('w', array(select id from engine.jobs where enrollment_id = pg_temp.person(1, p_n)))
$$;
create function pg_temp.cancelled(p_kind text, p_ids bigint[]) returns integer language sql as $$
  select engine.store_cancelled(t.id, w.id, p_kind, p_ids)
  from team as t inner join engine.servicetitan_watches as w on t.id = w.team_id where t.n = 1
$$;
insert into engine.servicetitan_watches (team_id) select id from team;
create temp table claimed as select * from engine.claim_jobs('w', '{call}', 20);

select is((select count(*) from engine.enrollment_work), 24::bigint, 'six of each team are enrolled for a job and an appointment');
select is(pg_temp.begin_call(6), 1::bigint, 'the call of the sixth has begun');
create temp table called_off as select engine.close_jobs(array[
  (t.id, j.id, 'cancelled_by_operator', 'CANCELLED')::engine.closed_job
]) from team as t, engine.jobs as j where t.n = 1 and j.enrollment_id = pg_temp.person(1, 5);
select is(engine.store_cancelled(t.id, w.id, 'job', '{7001}'), 0, 'who reads another tenant stops nobody')
from team as t, engine.servicetitan_watches as w where t.n = 1 and w.team_id <> t.id;
select is(pg_temp.cancelled('job', '{}'), 0, 'nothing is cancelled');
select is(pg_temp.cancelled('job', '{7002,7008,9001,9999}'), 0, 'nor anything that somebody was enrolled for');
select is(pg_temp.state(1, 1), 'ACTIVE CLAIMED', 'an appointment''s id is no job''s');
select is(pg_temp.cancelled('job', '{7001,7002,7005,7006}'), 2, 'two are stopped');
select is(pg_temp.state(1, 1), 'CANCELLED job_cancelled CANCELLED job_cancelled', 'the first is over at once, though a worker had her');
select is(pg_temp.begin_call(1), 0::bigint, 'which cannot begin any more');
select is(pg_temp.state(1, 2), 'ACTIVE CLAIMED', 'whose job was cancelled when it matched is called, as the list wants');
select is(
  (select array_agg(w.kind || w.id order by w.id) from engine.servicetitan_work as w where w.cancelled_at is not null),
  '{job7001,job7005,job7006}', 'what was cancelled all along is no news'
);
select is(pg_temp.state(1, 5), 'CANCELLED cancelled_by_operator CANCELLED cancelled_by_operator', 'what is over keeps its end');
select is(pg_temp.state(1, 6), 'CANCELLED job_cancelled CLAIMED', 'what has begun is left to finish, and nothing follows');
select is(pg_temp.state(1, 7), 'ACTIVE CLAIMED', 'another job of the same customer');
select is(pg_temp.cancelled('appointment', '{9004,9002}'), 1, 'an appointment alone');
select is(pg_temp.state(1, 4), 'CANCELLED job_cancelled CANCELLED job_cancelled', 'stops whoever was enrolled for it');
select is(pg_temp.state(1, 3), 'ACTIVE CLAIMED', 'nobody else''s is known to be cancelled');
select is(pg_temp.state(1, 8) || pg_temp.state(1, 9), 'ACTIVE CLAIMEDACTIVE CLAIMED', 'nor theirs who have none');
select is(pg_temp.cancelled('job', '{7001,7006}') + pg_temp.cancelled('appointment', '{9004}'), 0, 'said again, it changes nothing');
select is(engine.stop_cancelled(id), 0, 'nobody is left to be stopped') from team where n = 1;
select is(
  (select array_agg(distinct pg_temp.state(2, n)) from generate_series(1, 9) as n), '{ACTIVE CLAIMED}',
  'the other team has the same ids, and goes on'
);
select is(
  (select count(*) from engine.enrollments where reason_code = 'job_cancelled' and ended_at = engine.now()), 3::bigint,
  'three people in all'
);
create temp table asked as select campaign_id, contact_id from engine.enrollments where id = pg_temp.person(1, 1);
grant select on asked to authenticated;
select tests.act_as('1@acme.example');
select is(public.explain_contact(campaign_id, contact_id) ->> 'reason_code', 'job_cancelled', 'it is told why') from asked;
select tests.act_as_superuser();
-- a retry of what failed does not bring a cancelled job back
update engine.enrollments set status = 'FAILED', reason_code = 'failed', ended_at = engine.now() where id = pg_temp.person(1, 3);
update engine.servicetitan_work as w set cancelled_at = engine.now() from team as t where w.team_id = t.id and t.n = 1 and w.id = 7003;
update engine.enrollments
set status = 'ACTIVE', reason_code = null, ended_at = null, retry_count = 1, reopened_at = engine.now() where id = pg_temp.person(1, 3);
create temp table hers as select id from engine.jobs where enrollment_id = pg_temp.person(1, 3);
select results_eq(
  'select decision, reason_code, enrollment_status::text from engine.check_eligibility(array(select id from hers))',
  $$values ('close', 'job_cancelled', 'CANCELLED')$$, 'whom the look has not come to is not called either'
);
select results_eq(
  $$select decision from engine.check_eligibility(array(select id from engine.jobs where enrollment_id = pg_temp.person(1, 2)))$$,
  $$values ('pass')$$, 'whose job was cancelled when it matched passes'
);
select is(engine.finish_watch(t.id, w.id, engine.now()), 1, 'who is opened again is stopped by the next look')
from team as t inner join engine.servicetitan_watches as w on t.id = w.team_id where t.n = 1;
select is(pg_temp.state(1, 3), 'CANCELLED job_cancelled CANCELLED job_cancelled', 'as she would have been before');

select is(engine.check_counters(), 0, 'and the counters agree with the rows');
select * from finish();
rollback;
