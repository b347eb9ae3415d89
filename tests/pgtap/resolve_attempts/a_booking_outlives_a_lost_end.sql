-- A call whose end nobody tells: who booked through a tool during it has booked, and is not reached as somebody who has not.
begin;
select plan(9);
select tests.set_clock('2027-03-01 09:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table flow as
select tests.publish(
  t.id, jsonb_set(
    tests.graph(tests.connect_providers(t.id)), '{edges,1,data}', '{"when": "not_booked", "priority": 2}'
  )
) as id from team as t;
create temp table campaign as
select (public.create_campaign(
  'Tune-up', tests.create_list(team.id, 6), flow.id, (select p.id from public.phone_numbers as p), p_team_id => team.id
)).id
from team, flow;
select tests.quietly('select public.launch_campaign(id) from campaign');
create temp table begun as
select b.attempt_id, j.enrollment_id, row_number() over (order by j.id) as n
from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 10))) as b
inner join engine.jobs as j on b.job_id = j.id;
select tests.quietly($$
  select engine.record_dispatches('w', jsonb_agg(jsonb_build_object(
    'attempt_id', attempt_id, 'verdict', 'accepted', 'provider_id', 'p' || n
  ))) from begun
$$);
-- Odd ones the provider loses, of even ones it never tells an end. The first two book; the next look for a time.
select tests.quietly($$
  select engine.ingest_event(jsonb_agg(jsonb_build_object(
    'provider', 'vapi', 'event_key', 'e' || n, 'provider_id', 'p' || n, 'type', 'tool-calls', 'payload', jsonb_build_object(
      'toolCallList', jsonb_build_array(jsonb_build_object(
        'name', case when n < 3 then 'book_appointment' else 'check_schedule' end,
        'parameters', jsonb_build_object('job_id', 7000 + n)
      ))
    )
  ))) from begun where n < 5
$$);
select tests.set_clock('2027-03-01 16:00-05');
select is(
  (select count(*) from engine.jobs where status = 'DISPATCHED'), 6::bigint, 'until then the calls go on'
);
select tests.quietly($$
  select engine.resolve_attempts('w', jsonb_agg(case n % 2
    when 1 then jsonb_build_object('attempt_id', attempt_id, 'found', false)
    else jsonb_build_object('attempt_id', attempt_id, 'found', true, 'provider_id', 'p' || n, 'payload', '{"status": "in-progress"}'::jsonb)
  end)) from begun
$$);
select results_eq(
  $$
    select concat_ws(' ', j.status, j.outcome, j.reason_code)
    from begun as b inner join engine.jobs as j on b.enrollment_id = j.enrollment_id
    where j.node_id = 'call' order by b.n
  $$,
  $$
    values ('DONE booked tool_call'), ('DONE booked tool_call'), ('FAILED failed provider_lost_it'),
      ('FAILED failed never_ended'), ('FAILED failed provider_lost_it'), ('FAILED failed never_ended')
  $$, 'who booked has booked; another tool is no booking, and silence none'
);
select results_eq(
  $$
    select j.node_id from begun as b inner join engine.jobs as j on b.enrollment_id = j.enrollment_id
    where j.status = 'READY' order by b.n
  $$,
  $$ values ('thanks'), ('thanks'), ('text'), ('text'), ('text'), ('text') $$, 'the confirmation is sent, not the offer'
);
select results_eq(
  $$ select e.booked_node_id, e.booking from begun as b inner join engine.enrollments as e on b.enrollment_id = e.id where b.n < 3 order by b.n $$,
  $$ values ('call', '{"job_id": 7001}'::jsonb), ('call', '{"job_id": 7002}') $$, 'it is credited to the call, with what the tool said'
);
select is((select count(*) from engine.enrollments where booked_at is not null), 2::bigint, 'to nobody else');
select is((select count(*) from engine.claim_jobs('w', '{call}', 10)), 0::bigint, 'nobody is called again');
select is(
  (select count(*) from engine.enrollments where status = 'ACTIVE'), 6::bigint, 'all go on'
);
select is(
  (select count(*) from engine.attempts where status = 'ACCEPTED'), 6::bigint, 'and what the provider took is not doubted'
);
select is_empty('select c.* from campaign cross join lateral engine.compare_counters(campaign.id) as c', 'and all is counted');
select * from finish();
rollback;
