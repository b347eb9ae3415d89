-- Who was left out for another number of the same customer is tried once that one proved dead, one number of each.
begin;
select plan(24);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 10) as id from team;
create temp table people as select id, team_id, phone, row_number() over (order by id) as n from public.contacts;
grant select on team, campaign, people to authenticated;
update public.campaigns set is_continuous = true;
-- Three numbers, of which the second will be one that must not be called; two; two; three; one, which gets another.
update public.contacts as c set servicetitan_customer_id = v.customer_id
from people as p, (values (1, 100), (2, 100), (3, 100), (4, 200), (5, 200), (6, 300), (7, 300), (8, 400), (9, 400), (10, 400)) as v (n, customer_id)
where c.id = p.id and p.n = v.n;
create function pg_temp.join_list(p_n integer, p_customer_id bigint)
returns void
language sql
as $$
  with contact as (
    insert into public.contacts (team_id, phone, timezones, servicetitan_customer_id)
    select id, tests.fictitious_phone(6000 + p_n), '{America/New_York}', p_customer_id from pg_temp.team returning *
  ),

  person as (insert into pg_temp.people select id, team_id, phone, p_n from contact)

  insert into public.audience_members (team_id, list_id, contact_id)
  select contact.team_id, c.list_id, contact.id from contact, public.campaigns as c
$$;
create function pg_temp.standing(p_n integer)
returns text
language sql
as $$
  select concat_ws(' ', e.status, e.reason_code) from engine.enrollments as e inner join pg_temp.people as p on e.contact_id = p.id where p.n = p_n
$$;
-- Calls whoever is due; what the provider says to each, by number.
create function pg_temp.call(p_answers jsonb)
returns bigint
language sql
volatile
as $$
  with begun as materialized (
    select b.attempt_id, p.n
    from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 9))) as b
    inner join engine.jobs as j on b.job_id = j.id
    inner join pg_temp.people as p on j.contact_id = p.id
  )

  select count(*) from engine.record_dispatches('w', (
    select jsonb_agg(jsonb_build_object('attempt_id', b.attempt_id, 'verdict', 'refused') || (p_answers -> b.n::text)) from begun as b
  ))
$$;

select tests.act_as('admin@acme.example');
select is(public.launch_campaign(id) ->> 'members', '10', 'a launch') from campaign;
select tests.act_as_superuser();
select tests.quietly('select pg_temp.join_list(11, 500)');
select tests.quietly('select pg_temp.join_list(12, 500)');
select results_eq(
  $$ select p.n from people as p where pg_temp.standing(p.n::integer) = 'SUPPRESSED same_customer' order by 1 $$,
  $$ values (2::bigint), (3), (5), (7), (9), (10), (12) $$, 'the other numbers wait, also one that came before anything was known'
);
select tests.act_as('admin@acme.example');
select is(public.retry_failed_enrollments(id, p_dry_run => true) ->> 'retried', '0', 'nobody is tried while the customer is under way') from campaign;
select tests.act_as_superuser();
select is(pg_temp.call('{
  "1": {"code": "invalid-number", "scope": "number"}, "4": {"code": "blocked"}, "6": {"verdict": "accepted", "provider_id": "p6"},
  "8": {"code": "invalid-number", "scope": "number"}, "11": {"code": "invalid-number", "scope": "number"}
}'), 5::bigint, 'three are dead, one failed, one is called');
insert into public.suppressions (team_id, phone, channel, reason, source) select team_id, phone, 'call', 'litigator', 'test' from people where n = 2;
select tests.quietly('select engine.set_clock(engine.now() + interval ''1 minute'', 0)');
create temp table dead as select j.id from engine.jobs as j inner join people as p on j.contact_id = p.id where p.n = 8;
grant select on dead to authenticated;

select tests.act_as('admin@acme.example');
create temp table plan as select public.retry_failed_enrollments(id, p_dry_run => true) as answer from campaign;
select is(
  answer - 'campaign_id' - 'at' - 'message',
  '{"from": "ACTIVE", "to": "ACTIVE", "dry_run": true, "retried": 4, "blockers": [],
    "by_reason": [{"reason_code": "same_customer", "enrollments": 3}, {"reason_code": "blocked", "enrollments": 1}],
    "by_node": [{"node_id": "call", "label": "First call", "enrollments": 4}]}', 'instead of three dead numbers others are tried'
) from plan;
select alike(answer ->> 'message', '%3 of them under a number that was left out%', 'as is said') from plan;
select is(
  public.retry_failed_enrollments(id, array['invalid-number'], true) ->> 'retried', '0', 'a dead number is not tried while another waits'
) from campaign;
select throws_ok('select public.retry_job(id) from dead', 'OB002', null, 'nor by itself');
select is(
  public.retry_failed_enrollments(id, array['same_customer'], true) ->> 'retried', '3', 'they can be asked for alone'
) from campaign;
create temp table done as select public.retry_failed_enrollments(id) as answer from campaign;
select is(
  done.answer - '{at,dry_run,message}'::text[], plan.answer - '{at,dry_run,message}'::text[], 'the dry run said what is done'
) from done, plan;
select tests.act_as_superuser();
select results_eq(
  'select p.n from people as p where pg_temp.standing(p.n::integer) = ''ACTIVE'' order by 1',
  $$ values (3::bigint), (4), (6), (9), (12) $$, 'one number of each customer: the one known longest that may be called'
);
select results_eq(
  $$ select p.n, j.node_id, j.visit from engine.jobs as j inner join people as p on j.contact_id = p.id where j.status = 'READY' order by 1 $$,
  $$ values (3::bigint, 'call', 1), (4, 'call', 2), (9, 'call', 1), (12, 'call', 1) $$, 'from the beginning, or what failed'
);
select tests.quietly('select pg_temp.join_list(13, 100)');
select is(pg_temp.standing(13), 'SUPPRESSED same_customer', 'and who comes then waits');
select tests.act_as('admin@acme.example');
select is(public.retry_failed_enrollments(id) ->> 'retried', '0', 'nothing is left to try') from campaign;
select is(
  (
    select array_agg(l ->> 'message' order by o)
    from campaign, people as p, jsonb_array_elements(public.explain_contact(campaign.id, p.id) -> 'timeline') with ordinality as t (l, o)
    where p.n = 9 and l ->> 'kind' in ('enrollment', 'reopened')
  ), array[
    'The contact was left out: The customer is in the campaign under another number.',
    'The contact was taken up instead of the customer''s other number.'
  ], 'explain_contact tells it'
);
select is(
  (
    select array_agg(l ->> 'message' order by o)
    from campaign, people as p, jsonb_array_elements(public.explain_contact(campaign.id, p.id) -> 'timeline') with ordinality as t (l, o)
    where p.n = 4 and l ->> 'kind' in ('enrollment', 'reopened')
  ), array['The contact was enrolled.', 'The failed journey was opened again (1), with a whole budget of retries.'],
  'and of a journey that failed what happened to it'
);

-- The next number proves dead as well: the third is tried, and none of the first two.
select tests.act_as_superuser();
select is(pg_temp.call('{
  "3": {"verdict": "accepted", "provider_id": "p3"}, "4": {"verdict": "accepted", "provider_id": "p4"},
  "9": {"code": "invalid-number", "scope": "number"}, "12": {"code": "invalid-number", "scope": "number"}
}'), 4::bigint, 'two of them are dead too');
select tests.act_as('admin@acme.example');
select is(
  public.retry_failed_enrollments(id) -> 'by_reason',
  '[{"reason_code": "invalid-number", "enrollments": 1}, {"reason_code": "same_customer", "enrollments": 1}]',
  'one has another number; of the other, who has none left, the last is tried'
) from campaign;
select tests.act_as_superuser();
select results_eq(
  'select p.n from people as p where pg_temp.standing(p.n::integer) = ''ACTIVE'' order by 1',
  $$ values (3::bigint), (4), (6), (10), (12) $$, 'and never two of one customer'
);

select tests.act_as('admin@acme.example');
select is(
  (
    select array_agg(l ->> 'message' order by o)
    from campaign, people as p, jsonb_array_elements(public.explain_contact(campaign.id, p.id) -> 'timeline') with ordinality as t (l, o)
    where p.n = 12 and l ->> 'kind' in ('enrollment', 'reopened')
  ), array[
    'The contact was left out: The customer is in the campaign under another number.',
    'The failed journey was opened again (2), with a whole budget of retries.'
  ], 'a second retry does not change what explain_contact tells of the launch'
);
select tests.act_as_superuser();

-- The door is no wider than that.
update engine.enrollments as e set reason_code = 'excluded_phone' from people as p where e.contact_id = p.id and p.n = 7;
select throws_ok(
  $$ update engine.enrollments set status = 'ACTIVE', reason_code = null, ended_at = null, retry_count = 1, reopened_at = engine.now()
     where reason_code = 'excluded_phone' $$, 'OB002', null, 'who was left out for another reason stays out'
);
select throws_ok(
  $$ update engine.enrollments set status = 'ACTIVE', reason_code = null, ended_at = null where reason_code = 'same_customer' $$,
  'OB002', null, 'and nobody comes in by other SQL'
);
select is(
  (select count(*) from engine.enrollments where retry_count > 0), 5::bigint, 'each is counted'
);
select is_empty(
  'select c.* from campaign cross join lateral engine.compare_counters(campaign.id) as c',
  'as is everything'
);
select * from finish();
rollback;
