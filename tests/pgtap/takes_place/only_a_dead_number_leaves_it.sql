-- What came of the calls and texts to a number, and whether another number of the customer may be tried instead.
begin;
select plan(3);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 16, 20) as id from team;
grant select on campaign to authenticated;
select tests.act_as('admin@acme.example');
select tests.quietly('select public.launch_campaign(id) from campaign');
select tests.act_as_superuser();
create temp table begun as
select b.attempt_id, j.team_id, j.id as job_id, j.enrollment_id, row_number() over (order by j.id) as n
from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 20))) as b
inner join engine.jobs as j on b.job_id = j.id;
-- What the provider refused, and what it took and could not deliver.
create temp table refused (n bigint, code text, scope text);
insert into refused values
(1, '21217', 'number'), (2, '21408', 'job'), (11, 'invalid_number', 'number'), (12, 'international_not_allowed', 'number');
create temp table undelivered (n bigint, code text);
insert into undelivered values
(3, '30003'), (4, '30005'), (5, '30006'), (6, '30007'), (7, '30008'), (8, '30034'), (9, '21614'), (10, 'undelivered');
select tests.quietly($$
  select engine.record_dispatches('w', jsonb_agg(jsonb_build_object('attempt_id', b.attempt_id) || case
    when r.n is null then jsonb_build_object('verdict', 'accepted', 'provider_id', 'p' || b.n)
    else jsonb_build_object('verdict', 'refused', 'code', r.code, 'scope', r.scope) end))
  from begun as b left join refused as r on b.n = r.n
$$);
select tests.quietly($$
  select engine.finish_jobs(array_agg((b.team_id, b.job_id, 'undeliverable', u.code, null)::engine.finished_job))
  from begun as b inner join undelivered as u on b.n = u.n
$$);
-- How calls ended; the last as 0.1.0 wrote it.
select tests.quietly($$
  select engine.ingest_event(jsonb_agg(jsonb_build_object(
    'provider', 'vapi', 'event_key', 'e' || b.n, 'provider_id', 'p' || b.n, 'type', 'end-of-call-report',
    'payload', jsonb_build_object('endedReason', v.reason)
  )))
  from begun as b
  inner join (values (13, 'twilio-reported-customer-misdialed'), (14, 'twilio-failed-to-connect-call'), (15, 'pipeline-error')) as v (n, reason)
    on b.n = v.n
$$);
select tests.quietly($$
  select engine.finish_jobs(array[(team_id, job_id, 'failed', 'twilio-reported-customer-misdialed', null)::engine.finished_job])
  from begun where n = 16
$$);
select is(
  (select array_agg(j.outcome::text order by b.n) from begun as b inner join engine.jobs as j on b.job_id = j.id where b.n between 11 and 15),
  '{undeliverable,undeliverable,undeliverable,failed,failed}', 'what came of the calls'
);
select results_eq(
  $$
    select e.reason_code
    from engine.enrollments as e inner join begun as b on e.id = b.enrollment_id
    where not engine.takes_place(e) order by b.n
  $$, $$ values ('21217'), ('30005'), ('30006'), ('21614'), ('invalid_number'), ('twilio-reported-customer-misdialed'),
    ('twilio-reported-customer-misdialed') $$, 'what is about the number leaves the place'
);
select is(
  (select count(*) from engine.enrollments where status = 'FAILED'), 16::bigint, 'all failed'
);
select * from finish();
rollback;
