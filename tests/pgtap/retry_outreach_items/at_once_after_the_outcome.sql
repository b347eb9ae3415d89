-- A retry that comes right after the outcome of a hold, before the worker has ended its task, gets a task of
-- its own: nobody waits for a hold that no one carries out.
begin;
select plan(5);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
select tests.connect_providers(id) from team;
create temp table list as select tests.create_list(id, 1) as id from team;
select tests.connect_holds(team.id), tests.give_appointments(list.id) from team, list;
grant select on team, list to authenticated;
select tests.act_as('ann@acme.example');
create temp table run as select tests.reschedule(id) as answer from list;
select tests.act_as_superuser();
create temp table task as select c.task_id as id, c.subject_id from engine.claim_tasks('w1', '{hold}', 50) as c;
grant select on task to outbound_worker;

select tests.act_as_role('outbound_worker');
select is(engine.record_hold('w1', id, 'unknown'), 'HOLD_FAILED', 'a hold fails') from task;
select tests.act_as('ann@acme.example');
select is(
  (public.retry_outreach_items((answer ->> 'outreach_id')::uuid) ->> 'retried')::integer, 1, 'an operator retries it at once'
) from run;
select tests.act_as_role('outbound_worker');
select is(engine.end_task('w1', id, 'done'), null, 'before the worker ends its task, which has ended') from task;
select is(
  (select count(*) from engine.claim_tasks('w2', '{hold}', 50) as c inner join task using (subject_id) where c.task_id <> task.id),
  1::bigint, 'the retry is carried out'
);
select tests.act_as_superuser();
select is((select i.status::text from public.outreach_items as i), 'HOLDING', 'by a task that is there');

select * from finish();
rollback;
