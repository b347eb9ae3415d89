-- Contacts that share a ServiceTitan customer are one customer: a campaign enrolls her once, at the launch and later,
-- under another number only when the one before was dead; the preflight and explain_contact say so.
begin;
select plan(24);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 7) as id from team;
create temp table people as select id, team_id, phone, row_number() over (order by id) as n from public.contacts;
grant select on team, campaign, people to authenticated;
update public.campaigns set is_continuous = true;
-- Two numbers of one customer; one that opted out with another number; two that are nobody's customers; two alone.
update public.contacts as c set servicetitan_customer_id = v.customer_id
from people as p, (values (1, 100), (2, 100), (3, 200), (4, 200), (5, 300), (7, 700)) as v (n, customer_id) where c.id = p.id and p.n = v.n;
insert into public.suppressions (team_id, phone, channel, reason, source)
select team_id, phone, 'call', 'opted_out', 'test' from people where n = 3;
insert into public.contacts (team_id, phone, timezones, servicetitan_customer_id)
select tests.create_team('Other', 'admin@other.example'), '+12125550177', '{America/New_York}', 700;

create function pg_temp.explained(p_n integer)
returns jsonb
language sql
as $$ select public.explain_contact(campaign.id, p.id) from campaign, people as p where p.n = p_n $$;
-- A new number of a customer comes into the list.
create function pg_temp.join_list(p_n integer, p_customer_id bigint)
returns void
language sql
security definer
as $$
  with contact as (
    insert into public.contacts (team_id, phone, timezones, servicetitan_customer_id)
    select id, tests.fictitious_phone(6000 + p_n), '{America/New_York}', p_customer_id from pg_temp.team returning *
  ),

  person as (
    insert into pg_temp.people select id, team_id, phone, p_n from contact
  )

  insert into public.audience_members (team_id, list_id, contact_id)
  select contact.team_id, c.list_id, contact.id from contact, public.campaigns as c
$$;
create function pg_temp.ended(p_n integer)
returns text
language sql
as $$
  select concat_ws(' ', e.status, e.reason_code) from engine.enrollments as e inner join pg_temp.people as p on e.contact_id = p.id where p.n = p_n
$$;
-- Before and at the launch.
select tests.act_as('admin@acme.example');
create temp table told as select public.preflight_campaign(id) as it from campaign;
select is(
  (select jsonb_agg(f - 'message') from told cross join jsonb_array_elements(it -> 'funnel') as f),
  '[{"code": "members", "left_out": 0, "left": 7}, {"code": "suppressed_opted_out", "left_out": 1, "left": 6},
    {"code": "same_customer", "left_out": 1, "left": 5}]', 'the preflight leaves the second number out, last of all'
);
select is(pg_temp.explained(1) #>> '{next,decision}', 'enroll', 'the first number would be enrolled');
select is(pg_temp.explained(2) #>> '{next,reason_code}', 'same_customer', 'the second would not');
select is(pg_temp.explained(4) #>> '{next,decision}', 'enroll', 'one beside a number that said stop would: consent is the number''s');
select is(public.launch_campaign(id) ->> 'members', '7', 'everybody is accounted for') from campaign;
select tests.act_as_superuser();
select results_eq(
  'select p.n, pg_temp.ended(p.n::integer) from people as p order by 1',
  $$ values (1::bigint, 'ACTIVE'), (2, 'SUPPRESSED same_customer'), (3, 'OPTED_OUT suppressed_opted_out'), (4, 'ACTIVE'), (5, 'ACTIVE'),
  (6, 'ACTIVE'), (7, 'ACTIVE') $$, 'a customer is enrolled once, the contact that was first'
);
select is((select count(*)::text from engine.jobs), (select it ->> 'reach' from told), 'and as many are called as was told');
select tests.act_as('admin@acme.example');
select is(pg_temp.explained(2) ->> 'reason_code', 'same_customer', 'explain_contact says why');
select isnt(pg_temp.explained(2) ->> 'cure', null, 'and what to do');

-- What becomes of them: dead, failed, answered, and one that is marked invalid before it is called.
select tests.act_as_superuser();
update public.contacts as c set servicetitan_customer_id = 600 from people as p where c.id = p.id and p.n = 6;
select pg_temp.join_list(8, 800);
select tests.act_as('admin@acme.example');
select is(public.opt_out(phone, p_reason => 'invalid') is null, false, 'a number is marked invalid') from people where n = 8;
select tests.act_as_superuser();
create temp table begun as
select b.* from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 9))) as b;
create function pg_temp.answer(p_answers jsonb)
returns bigint
language sql
as $$
  select count(*) from engine.record_dispatches('w', (
    select jsonb_agg(jsonb_build_object('attempt_id', b.attempt_id) || coalesce(p_answers -> p.n::text, jsonb_build_object(
      'verdict', 'accepted', 'provider_id', 'p' || p.n
    )))
    from pg_temp.begun as b
    inner join engine.jobs as j on b.job_id = j.id
    inner join pg_temp.people as p on j.contact_id = p.id
  ))
$$;
select is(pg_temp.answer('{
  "5": {"verdict": "refused", "code": "invalid-number", "scope": "number"}, "6": {"verdict": "refused", "code": "blocked"}
}'), 5::bigint, 'called');
select tests.quietly($$ select engine.ingest_event(jsonb_build_array(jsonb_build_object(
  'provider', 'vapi', 'event_key', 'k7', 'provider_id', 'p7', 'type', 'end-of-call-report', 'payload', '{"endedReason": "voicemail"}'::jsonb
))) $$);
select results_eq(
  'select p.n, pg_temp.ended(p.n::integer) from people as p where p.n > 4 order by 1',
  $$ values (5::bigint, 'FAILED invalid-number'), (6, 'FAILED blocked'), (7, 'COMPLETED voicemail'), (8, 'SUPPRESSED suppressed_invalid') $$,
  'dead, failed, a voicemail, never called'
);

create temp table dead as
select j.id from engine.jobs as j inner join people as p on j.contact_id = p.id where p.n = 5;
grant select on dead to authenticated;

-- Other numbers of theirs come later.
select tests.quietly($$
  select pg_temp.join_list(11, 100), pg_temp.join_list(15, 300), pg_temp.join_list(16, 600), pg_temp.join_list(17, 700),
    pg_temp.join_list(18, 800), pg_temp.join_list(14, 200), pg_temp.join_list(19, null), pg_temp.join_list(20, 900)
$$);
select is(pg_temp.ended(11), 'SUPPRESSED same_customer', 'who is being called is not called elsewhere');
select is(pg_temp.ended(14), 'SUPPRESSED same_customer', 'nor has the number that said stop left a place');
select is(pg_temp.ended(17), 'SUPPRESSED same_customer', 'nor who was left a message');
select is(pg_temp.ended(16), 'SUPPRESSED same_customer', 'nor where nobody knows that nothing arrived');
select is(pg_temp.ended(15), 'ACTIVE', 'a dead number gives its place to another');
select is(pg_temp.ended(18), 'ACTIVE', 'and so does one that was known to be invalid');
select is(pg_temp.ended(19) || pg_temp.ended(20), 'ACTIVEACTIVE', 'others are not concerned');
select is(
  (select count(*) from engine.jobs where status = 'READY'), 4::bigint, 'and no more is due than for these'
);

-- What failed is tried again unless another number has taken its place.
select tests.act_as('admin@acme.example');
select is(public.retry_failed_enrollments(id, p_dry_run => true) ->> 'retried', '1', 'a dead number that was replaced is not retried') from campaign;
select throws_ok('select public.retry_job(id) from dead', 'OB002', null, 'nor by itself');
select tests.quietly('select public.retry_failed_enrollments(id) from campaign');
select tests.act_as_superuser();
select is(pg_temp.ended(5), 'FAILED invalid-number', 'it stays as it was');
select is(pg_temp.ended(6), 'ACTIVE', 'the other one is');
select * from finish();
rollback;
