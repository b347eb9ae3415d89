-- Whoever waits for the place of another number is not taken up because it is not seen any more whose place that was:
-- a contact became another customer's, or how customers were merged was forgotten. A number must have proved dead.
begin;
select plan(5);
select tests.set_clock('2027-03-01 12:00-05');
create temp table campaign as select tests.create_campaign(tests.create_team('Acme', 'admin@acme.example'), 6) as id;
create temp table people as select id, row_number() over (order by id) as n from public.contacts;
-- Two customers with two numbers each, and two of whom nobody knows yet that they are one.
update public.contacts as c
set servicetitan_customer_id = case when p.n <= 4 then 100 + (p.n + 1) / 2 end
from people as p where c.id = p.id;
grant select on campaign to authenticated;
select tests.act_as('admin@acme.example');
select tests.quietly('select public.launch_campaign(id) from campaign');
select tests.act_as_superuser();
select is((select count(*) from engine.enrollments where reason_code = 'same_customer'), 2::bigint, 'one number of each waits');
select tests.quietly($$
  select engine.record_dispatches('w', (
    select jsonb_agg(jsonb_build_object('attempt_id', b.attempt_id) || case
      when p.n = 1 then jsonb_build_object('verdict', 'accepted', 'provider_id', 'p1')
      when p.n = 5 then jsonb_build_object('verdict', 'refused', 'code', 'bad-request', 'scope', 'job')
      else jsonb_build_object('verdict', 'refused', 'code', 'invalid-number', 'scope', 'number')
    end)
    from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 9))) as b
    inner join engine.jobs as j on b.job_id = j.id
    inner join people as p on j.contact_id = p.id
  ))
$$);
select is((select array_agg(p.n order by p.n) from engine.jobs as j inner join people as p on j.contact_id = p.id), '{1,3,5,6}', 'the first of each is called');
-- Both become somebody else's: the one who was called, and the one whose number is dead.
update public.contacts as c set servicetitan_customer_id = 900 + p.n from people as p where c.id = p.id and p.n in (1, 3);
select is(
  array(select p.n from public.campaigns as c cross join engine.failed_visits(c, null) as v inner join people as p on v.contact_id = p.id order by 1),
  '{3,5,6}', 'nobody is taken up whose place may have been taken'
);
update public.contacts as c set servicetitan_customer_id = 102 from people as p where c.id = p.id and p.n = 3;
select is(
  array(select p.n from public.campaigns as c cross join engine.failed_visits(c, null) as v inner join people as p on v.contact_id = p.id order by 1),
  '{4,5,6}', 'but instead of a number that proved dead'
);
update public.contacts as c set servicetitan_customer_id = 103 from people as p where c.id = p.id and p.n in (5, 6);
select is(
  array(select p.n from public.campaigns as c cross join engine.failed_visits(c, null) as v inner join people as p on v.contact_id = p.id order by 1),
  '{4,5}', 'of two that failed the one that is not dead, although it came first'
);
select * from finish();
rollback;
