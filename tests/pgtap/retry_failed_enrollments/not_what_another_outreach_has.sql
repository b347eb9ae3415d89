-- Of an outreach a dead number is not tried again once another outreach has the customer for the same work.
begin;
select plan(9);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
create temp table ava as select tests.connect_providers(id) as id from team;
create temp table list as select tests.create_list(id, 3) as id from team;
create temp table later as select tests.create_list(id, 3, 2000) as id from team;
create temp table number as select f.id from public.phone_numbers as f;
-- The second list has other numbers of the three: of the first two for the same jobs, of the last for another one.
create temp table people as
select c.id, m.list_id = list.id as is_first, row_number() over (partition by m.list_id order by c.id) as n
from public.contacts as c inner join public.audience_members as m on c.id = m.contact_id, list;
update public.audience_members as m set servicetitan_job_id = 7000 + p.n + case when p.n = 3 and not p.is_first then 900 else 0 end
from people as p where m.contact_id = p.id;
update public.contacts as c set servicetitan_customer_id = 100 + p.n from people as p where c.id = p.id;
grant select on list, later, number, ava, people to public;
create function pg_temp.maintain(p_list_id uuid)
returns jsonb
language sql
volatile
as $$ select public.launch_outreach(p_list_id, 'maintenance', 'call', number.id, ava.id) from number, ava $$;
create function pg_temp.refuse_all()
returns void
language sql
volatile
as $$
  select from engine.record_dispatches('w', (
    select jsonb_agg(jsonb_build_object('attempt_id', b.attempt_id, 'verdict', 'refused', 'code', 'invalid-number', 'scope', 'number'))
    from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 9))) as b
  ))
$$;

select tests.act_as('ann@acme.example');
create temp table run as select (pg_temp.maintain(id) ->> 'campaign_id')::uuid as campaign_id from list;
grant select on run to public;
select tests.act_as_superuser();
select tests.quietly('select pg_temp.refuse_all()');
create temp table dead as
select j.id, p.n from engine.jobs as j inner join people as p on j.contact_id = p.id;
grant select on dead to public;
select tests.act_as('ann@acme.example');
select is(public.retry_failed_enrollments(campaign_id, p_dry_run => true) ->> 'retried', '3', 'dead numbers can be tried again') from run;
create temp table second as select pg_temp.maintain(id) as answer from later;
grant select on second to public;
select is(answer #>> '{counts,items}', '3', 'then an outreach has other numbers of the same customers') from second;
select is(public.retry_failed_enrollments(campaign_id, p_dry_run => true) ->> 'retried', '1', 'and the dead ones are not, but for other work') from run;
select throws_ok('select public.retry_job(id) from dead where n = 1', 'OB002', null, 'nor by itself');
select tests.quietly('select public.retry_failed_enrollments(campaign_id) from run');
select tests.act_as_superuser();
select results_eq(
  $$ select p.n, p.is_first from engine.jobs as j inner join people as p on j.contact_id = p.id where j.status = 'READY' order by 1, 2 $$,
  $$ values (1::bigint, false), (2, false), (3, false), (3, true) $$, 'nobody is called for the same under two numbers'
);
-- Those of the second are dead as well: the last of them is what is tried.
select tests.quietly('select pg_temp.refuse_all()');
select tests.act_as('ann@acme.example');
select is(public.retry_failed_enrollments(campaign_id, p_dry_run => true) ->> 'retried', '1', 'of two dead numbers the earlier is not') from run;
select is(
  public.retry_failed_enrollments((answer ->> 'campaign_id')::uuid, p_dry_run => true) ->> 'retried', '3', 'the later is'
) from second;

-- Whoever nobody reached is free once the second outreach is cancelled.
select tests.quietly('select public.cancel_campaign((answer ->> ''campaign_id'')::uuid) from second');
select tests.act_as_superuser();
select tests.act_as('ann@acme.example');
select is(public.retry_failed_enrollments(campaign_id, p_dry_run => true) ->> 'retried', '3', 'what was cancelled stands in nobody''s way') from run;
select lives_ok('select public.retry_job(id) from dead where n = 1', 'nor does a single one fail then');
select * from finish();
rollback;
