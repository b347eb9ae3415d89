-- Somebody whose appointment is held first: why she is not called yet, why not at all, and when she is.
begin;
select plan(7);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
select tests.connect_providers(id) as connected into temp connected from team;
create temp table list as select tests.create_list(id, 2) as id from team;
do $$ begin perform tests.connect_holds(team.id), tests.give_appointments(list.id) from team, list; end $$;
grant select on team, list to authenticated;
select tests.act_as('ann@acme.example');
do $$ begin perform tests.reschedule(id) from list; end $$;
select tests.act_as_superuser();
create temp table task as
select c.task_id, i.campaign_id, i.contact_id, row_number() over (order by i.phone) as n
from engine.claim_tasks('w1', '{hold}', 50) as c
inner join public.outreach_items as i on c.subject_id = i.id;
create function pg_temp.explained(p_n integer)
returns jsonb
language sql
as $$ select public.explain_contact(t.campaign_id, t.contact_id) from task as t where t.n = p_n $$;

select is(pg_temp.explained(1) ->> 'reason_code', 'hold_pending', 'the hold comes first');
select is((select count(*) from task as t cross join lateral engine.begin_hold('w1', t.task_id)), 2::bigint, 'it is asked for');
select engine.record_hold('w1', task_id, 'held') as held into temp held from task where n = 1;
select engine.record_hold('w1', task_id, 'not_found') as failed into temp failed from task where n = 2;
select is(pg_temp.explained(1) #>> '{enrollment,status}', 'ACTIVE', 'held: she is called');
select is(pg_temp.explained(2) ->> 'reason_code', 'hold_failed', 'not held: she is not');
select is(pg_temp.explained(2) -> 'enrollment', 'null'::jsonb, 'nor enrolled');
select is(
  (select l ->> 'outcome' from jsonb_array_elements(pg_temp.explained(2) -> 'timeline') as l where l ->> 'kind' = 'hold'),
  'not_found', 'with what came of the hold'
);
select is(
  (select l ->> 'outcome' from jsonb_array_elements(pg_temp.explained(1) -> 'timeline') as l where l ->> 'kind' = 'hold'),
  'held', 'also of the one that was held'
);
select * from finish();
rollback;
