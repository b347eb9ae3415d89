-- Each outcome of a hold: who is contacted, who is listed, and that a word from the wrong worker, a late
-- one or a second one changes nothing.
begin;
select plan(35);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
select tests.connect_providers(id) from team;
create temp table list as select tests.create_list(id, 12) as id from team;
select tests.connect_holds(team.id), tests.give_appointments(list.id) from team, list;
grant select on team, list to authenticated;
select tests.act_as('ann@acme.example');
do $$ begin perform tests.reschedule(id) from list; end $$;
select tests.act_as_superuser();
create temp table task as
select c.task_id, right(i.phone, 2)::integer as n
from engine.claim_tasks('w1', '{hold}', 50) as c
inner join public.outreach_items as i on c.subject_id = i.id;
create temp table item as select i.id, right(i.phone, 2)::integer as n from public.outreach_items as i;
grant select on task, item to outbound_worker, authenticated;
create function pg_temp.task(p_n integer) returns uuid language sql stable as $$ select task_id from task where n = p_n $$;
create function pg_temp.shown(p_n integer) returns text language sql stable as $$
  select concat_ws(' ', i.status, i.hold_outcome, (
    select count(*) from engine.jobs as j inner join engine.enrollments as e on j.enrollment_id = e.id
    where e.contact_id = i.contact_id
  )) from public.outreach_items as i inner join item using (id) where item.n = p_n
$$;

select tests.act_as_role('outbound_worker');
select results_eq(
  $$ select step, appointment_id, reason_id, memo from engine.begin_hold('w1', pg_temp.task(1)) $$,
  $$ values ('hold', 9001::bigint, 501::bigint, 'Asked for another day') $$, 'a worker is told what to hold and why'
);
select is((select step from engine.begin_hold('w2', pg_temp.task(1))), 'lost', 'another worker is not');
select is(engine.record_hold('w2', pg_temp.task(1), 'held'), null, 'nor is it believed');
select throws_ok($$ select engine.record_hold('w1', pg_temp.task(1), 'perhaps') $$, 'OB001', null, 'nor words that are none');
select is(engine.record_hold('w1', pg_temp.task(1), 'held', 'The appointment is on hold.'), 'ENROLLED', 'held: contacted');
select is(engine.record_hold('w1', pg_temp.task(1), 'unknown'), 'ENROLLED', 'once and for all');
select is((select step from engine.begin_hold('w1', pg_temp.task(1))), 'done', 'a worker that comes back is told so');
select is(engine.record_hold('w1', pg_temp.task(2), 'already_held'), 'ENROLLED', 'held already: contacted');
select is(engine.record_hold('w1', pg_temp.task(3), 'appointment_dispatched', 'It is working.'), 'HOLD_FAILED', 'dispatched: not');
select is(engine.record_hold('w1', pg_temp.task(4), 'reason_inactive'), 'HOLD_FAILED', 'nor with an inactive reason');
select is(engine.record_hold('w1', pg_temp.task(5), 'not_found'), 'HOLD_FAILED', 'nor what is not there');
select is(engine.record_hold('w1', pg_temp.task(6), 'rate_limited'), 'HOLD_FAILED', 'nor what was turned away');
select is(engine.record_hold('w1', pg_temp.task(7), 'unknown'), 'HOLD_FAILED', 'nor what nobody knows');
select is(
  engine.end_task('w1', pg_temp.task(8), 'failed', 'worker_fault', 'The worker failed.'), 'FAILED', 'a task that is given up'
);
select is(
  engine.end_task('w1', pg_temp.task(9), 'failed', 'rate_limited', 'Too fast.'), 'FAILED', 'or was turned away too often'
);
select tests.act_as_superuser();
select results_eq(
  $$ select n, pg_temp.shown(n) from generate_series(1, 9) as n $$,
  $$ values (1, 'ENROLLED held 1'), (2, 'ENROLLED already_held 1'), (3, 'HOLD_FAILED appointment_dispatched 0'),
    (4, 'HOLD_FAILED reason_inactive 0'), (5, 'HOLD_FAILED not_found 0'), (6, 'HOLD_FAILED rate_limited 0'),
    (7, 'HOLD_FAILED unknown 0'), (8, 'HOLD_FAILED unknown 0'), (9, 'HOLD_FAILED rate_limited 0') $$,
  'one job for each whose appointment is on hold, none for the others'
);
select is(
  (select array_agg(distinct h.code order by h.code) from reference.hold_outcomes as h where h.lets_contact),
  '{already_held,held}', 'no other outcome lets anybody be contacted'
);

-- who stops in between is not held for
insert into public.suppressions (team_id, phone, channel, reason, source)
select i.team_id, i.phone, 'call', 'opted_out', 'test' from public.outreach_items as i inner join item using (id) where n = 10;
select tests.act_as_role('outbound_worker');
select is((select step from engine.begin_hold('w1', pg_temp.task(10))), 'done', 'who has opted out needs no hold');
select tests.act_as_superuser();
select is(pg_temp.shown(10), 'ENROLLED 0', 'and is not called');
select is(
  (select e.reason_code from engine.enrollments as e inner join public.outreach_items as i using (contact_id) inner join item on i.id = item.id where n = 10),
  'suppressed_opted_out', 'for the reason that is true'
);
-- a paused campaign waits
update public.campaigns set status = 'PAUSED';
select tests.act_as_role('outbound_worker');
select is((select step from engine.begin_hold('w1', pg_temp.task(11))), 'wait', 'paused: no appointment is touched');
select is(engine.record_hold('w1', pg_temp.task(11), 'held'), 'ENROLLED', 'what was held when it was paused is taken in');
select tests.act_as_superuser();
select is(pg_temp.shown(11), 'ENROLLED held 1', 'to go on with the others');
select is((select count(*) from engine.claim_jobs('w1', '{call}', 50, interval '1 minute')), 0::bigint, 'but nobody is called while it is paused');
-- one that has ended lets go
update public.campaigns set status = 'CANCELLED', ended_at = engine.now();
select tests.act_as_role('outbound_worker');
select is((select step from engine.begin_hold('w1', pg_temp.task(12))), 'done', 'cancelled: no appointment is touched');
select tests.act_as_superuser();
select is(pg_temp.shown(12), 'CANCELLED 0', 'and nobody is taken in');
savepoint in_doubt;
alter table public.outreach_items disable trigger outreach_items_take_legal_steps;
update public.outreach_items as i set status = 'HOLDING' from item where i.id = item.id and item.n = 12;
update engine.tasks as t set progress = '{"began": true}' from task where t.id = task.task_id and task.n = 12;
select tests.act_as_role('outbound_worker');
select is((select step from engine.begin_hold('w1', pg_temp.task(12))), 'done', 'nor is it when a worker that died had asked');
select tests.act_as_superuser();
select is(pg_temp.shown(12), 'CANCELLED unknown 0', 'which is listed, because the appointment may be on hold');
rollback to savepoint in_doubt;
select tests.act_as('ann@acme.example');
select throws_ok(
  $$ select public.retry_outreach_items(id) from public.outreaches $$, 'OB002', null, 'nor by a retry'
);
select is(tests.reschedule(id, true) -> 'counts' ->> 'items', '1', 'who was let go can be launched again') from list;
select throws_ok($$ select engine.record_hold('w1', engine.new_id(), 'held') $$, '42501', null, 'people record nothing');
select tests.act_as_superuser();
select throws_ok(
  $$ update public.outreach_items set status = 'HOLDING', enrolled_at = null where status = 'ENROLLED' $$, 'OB002', null, 'who is enrolled stays so'
);

-- held, and cancelled before it could be said
do $$ begin perform tests.create_list(id, 1, 5000) from team; end $$;
create temp table second as select m.list_id as id from public.audience_members as m group by 1 having count(*) = 1;
do $$ begin perform tests.give_appointments(id) from second; end $$;
do $$ begin update public.audience_members set servicetitan_appointment_id = 555 where list_id = (select id from second); end $$;
grant select on second to authenticated;
select tests.act_as('ann@acme.example');
do $$ begin perform tests.reschedule(id) from second; end $$;
select tests.act_as_superuser();
select c.task_id, 99 as n into temp late from engine.claim_tasks('w1', '{hold}', 50) as c;
select is((select step from late, engine.begin_hold('w1', task_id)), 'hold', 'a hold begins');
update public.campaigns set status = 'CANCELLED', ended_at = engine.now() where status = 'ACTIVE';
select is((select engine.record_hold('w1', task_id, 'held') from late), 'CANCELLED', 'the campaign is cancelled before it is recorded');
select results_eq(
  $$ select i.hold_outcome, (select count(*) from engine.enrollments as e where e.contact_id = i.contact_id)
    from public.outreach_items as i where i.servicetitan_appointment_id = 555 $$,
  $$ values ('held', 0::bigint) $$, 'the item keeps that the appointment is on hold, and nobody is contacted'
);

select * from finish();
rollback;
