-- A number that a call found out of service is not dialled again by a rule for failures; the customer's other number is tried.
begin;
select plan(8);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as
select tests.create_campaign(
  team.id, 3, p_call => '{"retry": {"outcomes": ["failed", "no_answer"], "max_retries": 2, "delay": "PT1H"}}'
) as id from team;
create temp table people as select id, row_number() over (order by id) as n from public.contacts;
grant select on campaign to authenticated;
-- The first two are one customer.
update public.contacts as c set servicetitan_customer_id = 100 from people as p where c.id = p.id and p.n < 3;
create function pg_temp.journey(p_n integer)
returns text
language sql
as $$
  select concat_ws(' ', e.status, e.reason_code)
    || coalesce(': ' || string_agg(concat_ws(' ', j.visit, j.status, j.outcome), ', ' order by j.visit) filter (where j.id is not null), '')
  from pg_temp.people as p
  inner join engine.enrollments as e on p.id = e.contact_id
  left join engine.jobs as j on e.id = j.enrollment_id
  where p.n = p_n
  group by e.status, e.reason_code
$$;
select tests.act_as('admin@acme.example');
select is(public.launch_campaign(id) ->> 'members', '3', 'a launch') from campaign;
select tests.act_as_superuser();
create temp table begun as
select b.attempt_id, p.n
from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 9))) as b
inner join engine.jobs as j on b.job_id = j.id
inner join people as p on j.contact_id = p.id;
select tests.quietly($$
  select engine.record_dispatches('w', jsonb_agg(jsonb_build_object(
    'attempt_id', attempt_id, 'verdict', 'accepted', 'provider_id', 'p' || n
  ))) from begun
$$);
select tests.quietly($$
  select engine.ingest_event(jsonb_agg(jsonb_build_object(
    'provider', 'vapi', 'event_key', 'e' || n, 'provider_id', 'p' || n, 'type', 'end-of-call-report', 'payload', jsonb_build_object(
      'endedReason', case n when 1 then 'twilio-reported-customer-misdialed' else 'pipeline-error' end
    )
  ))) from begun
$$);
select is(pg_temp.journey(1), 'FAILED twilio-reported-customer-misdialed: 1 FAILED undeliverable', 'dead, and not dialled again');
select is(pg_temp.journey(2), 'SUPPRESSED same_customer', 'her other number waits');
select is(pg_temp.journey(3), 'ACTIVE: 1 FAILED failed, 2 READY', 'a failure of another kind is dialled again');
select tests.act_as('admin@acme.example');
select is(
  public.retry_failed_enrollments(id) -> 'by_reason', '[{"reason_code": "same_customer", "enrollments": 1}]', 'a retry takes up the other number'
) from campaign;
select tests.act_as_superuser();
select is(pg_temp.journey(2), 'ACTIVE: 1 READY', 'which is called');
select is(pg_temp.journey(1), 'FAILED twilio-reported-customer-misdialed: 1 FAILED undeliverable', 'and the dead one is left alone');
select is_empty('select c.* from campaign cross join lateral engine.compare_counters(campaign.id) as c', 'and all is counted');
select * from finish();
rollback;
