-- A customer with two numbers is one customer: of a list she is taken once, and what was done for her under the one is not
-- done again under the other, unless that one was dead.
begin;
select plan(12);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
create temp table ava as select tests.connect_providers(id) as id from team;
create temp table list as select tests.create_list(id, 5) as id from team;
create temp table later as select tests.create_list(id, 5, 2000) as id from team;
create temp table number as select f.id from public.phone_numbers as f;
select tests.connect_holds(team.id), tests.give_appointments(list.id), tests.give_appointments(later.id) from team, list, later;
-- In both lists two are one customer, and the five of the second are other numbers of those of the first, with the same
-- work; but the last has another job.
create temp table people as
select c.id, m.list_id, row_number() over (partition by m.list_id order by c.id) as n
from public.contacts as c inner join public.audience_members as m on c.id = m.contact_id;
update public.audience_members as m set servicetitan_job_id = 7000 + p.n, servicetitan_appointment_id = 9000 + p.n
from people as p where m.contact_id = p.id;
update public.contacts as c set servicetitan_customer_id = 100 + greatest(p.n, 2) from people as p where c.id = p.id;
update public.audience_members as m set servicetitan_job_id = 7900, servicetitan_appointment_id = 9900
from people as p, later where m.contact_id = p.id and p.n = 5 and p.list_id = later.id;
grant select on list, later, number, ava, people to public;

create function pg_temp.maintain(p_list_id uuid, p_dry_run boolean)
returns jsonb
language sql
volatile
as $$
  select public.launch_outreach(p_list_id, 'maintenance', 'call', number.id, ava.id, p_dry_run => p_dry_run) from number, ava
$$;

select tests.act_as('ann@acme.example');
create temp table dry as select pg_temp.maintain(id, true) as answer from list;
select is(
  answer -> 'counts',
  '{"members": 5, "items": 4, "duplicates": 0, "without_appointment": 0, "same_customer": 1, "suppressed": 0, "holds": 0}',
  'of two numbers one is taken'
) from dry;
select is(
  (
    select jsonb_agg(jsonb_build_array(p.n, l ->> 'code'))
    from dry, jsonb_array_elements(answer -> 'left_out') as l inner join people as p on p.id = (l ->> 'contact_id')::uuid
  ), '[[2, "same_customer"]]', 'the other is named'
);
create temp table run as select pg_temp.maintain(id, false) as answer from list;
grant select on run to public;
select is(
  run.answer - 'outreach_id' - 'campaign_id' - 'dry_run', dry.answer - 'outreach_id' - 'campaign_id' - 'dry_run', 'the launch does so'
) from run, dry;
select tests.act_as_superuser();
select is(
  (select array_agg(p.n order by p.n) from engine.enrollments as e inner join people as p on e.contact_id = p.id where e.status = 'ACTIVE'),
  '{1,3,4,5}', 'and calls four'
);

-- One of them is dead; then the other numbers come with the same jobs.
create temp table begun as
select b.*, p.n from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 9))) as b
inner join engine.jobs as j on b.job_id = j.id inner join people as p on j.contact_id = p.id;
select tests.quietly($$
  select engine.record_dispatches('w', jsonb_agg(jsonb_build_object('attempt_id', b.attempt_id) || case
    when b.n = 4 then '{"verdict": "refused", "code": "invalid-number", "scope": "number"}'::jsonb
    else jsonb_build_object('verdict', 'accepted', 'provider_id', 'p' || b.n) end)) from begun as b
$$);
select tests.act_as('ann@acme.example');
create temp table again as select pg_temp.maintain(id, true) as answer from later;
select is(
  (
    select jsonb_agg(jsonb_build_array(p.n, d -> 'outreach_id' = run.answer -> 'outreach_id') order by p.n)
    from run, again, jsonb_array_elements(again.answer -> 'duplicates') as d inner join people as p on p.id = (d ->> 'contact_id')::uuid
  ), '[[1, true], [3, true]]', 'what was done under one number is a duplicate under another'
);
select is(
  again.answer -> 'counts',
  '{"members": 5, "items": 3, "duplicates": 2, "without_appointment": 0, "same_customer": 0, "suppressed": 0, "holds": 0}',
  'not where the number was dead, nor for other work'
) from again;
create temp table second as select pg_temp.maintain(id, false) as answer from later;
select is(second.answer -> 'counts', again.answer -> 'counts', 'as it was told') from second, again;
select tests.act_as_superuser();
select is(
  (
    select array_agg(p.n order by p.n) from second, public.outreach_items as i inner join people as p on i.contact_id = p.id
    where i.outreach_id = (second.answer ->> 'outreach_id')::uuid
  ), '{2,4,5}', 'only what is new is stored'
);

-- An appointment is held only for who is called then.
select tests.act_as('ann@acme.example');
select is(tests.reschedule(id) -> 'counts' ->> 'holds', '4', 'no appointment is held for a number that is not called') from list;
select tests.act_as_superuser();
select is((select count(*) from engine.tasks where kind = 'hold'), 4::bigint, 'none');
select tests.act_as('ann@acme.example');
select is(tests.reschedule(id, true) -> 'counts' ->> 'duplicates', '3', 'a customer whose hold is under way is known by all her numbers') from later;
select is(tests.reschedule(id, true) -> 'counts' ->> 'items', '2', 'and the appointments that nobody took are free') from later;

select * from finish();
rollback;
