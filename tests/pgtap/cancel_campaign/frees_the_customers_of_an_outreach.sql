-- Whoever was not reached may be done by another outreach; what a worker has asked ServiceTitan for is told first.
begin;
select plan(14);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
select tests.connect_providers(id), tests.connect_holds(id) from team;
create temp table list as select tests.create_list(team.id, 5) as id from team;
select tests.give_appointments(id) from list;
grant select on team, list to public;
select tests.act_as('ann@acme.example');
create temp table outreach as
select (a.answer ->> 'outreach_id')::uuid as id, (a.answer ->> 'campaign_id')::uuid as campaign_id
from list cross join lateral (select tests.reschedule(list.id) as answer) as a;
grant select on outreach to public;

-- One is held and called, one is held and waits, one failed, one is under way, one waits.
select tests.act_as_superuser();
create temp table held as select t.*, row_number() over (order by t.task_id) as n from engine.claim_tasks('w', '{hold}', 4) as t;
select tests.quietly($$
  select engine.record_hold('w', task_id, case n when 3 then 'not_found' else 'held' end), engine.end_task('w', task_id, 'done')
  from held where n <= 3
$$);
create temp table begun as
select * from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 1)));
select tests.quietly('select engine.begin_hold(''w'', task_id) from held where n = 4');
select results_eq(
  'select status::text, count(*)::integer from public.outreach_items group by 1 order by 1',
  $$ values ('ENROLLED', 2), ('HOLDING', 2), ('HOLD_FAILED', 1) $$, 'as it should be'
);

select tests.act_as('ann@acme.example');
create temp table plan as select public.cancel_campaign(campaign_id, true) as answer from outreach;
select is(answer -> 'freed', '3', 'one who waits for the call, one whose hold failed, one who waits for it') from plan;
create temp table done as select public.cancel_campaign(campaign_id) as answer from outreach;
select is(d.answer - 'message' - 'dry_run', p.answer - 'message' - 'dry_run', 'what was announced is done') from done as d, plan as p;
select ok(answer ->> 'message' like '%free for another outreach: 3.', 'and said') from done;
select tests.act_as_superuser();
select results_eq(
  'select status::text, count(*)::integer from public.outreach_items group by 1 order by 1',
  $$ values ('CANCELLED', 3), ('ENROLLED', 1), ('HOLDING', 1) $$, 'the others are left to those who have them'
);
select is_empty($$select from engine.claim_tasks('w2', '{hold}', 9)$$, 'no other hold is begun');
select is(engine.record_hold('w', task_id, 'held'), 'CANCELLED', 'the hold that was under way is told') from held where n = 4;
select tests.quietly('select engine.end_task(''w'', task_id, ''done'') from held where n = 4');
select is(
  (select count(*) from public.outreach_items where status = 'CANCELLED' and hold_outcome = 'held'), 2::bigint,
  'with what came of it'
);

-- The request that had begun was not taken after all.
select tests.quietly($$
  select engine.record_dispatches('w', jsonb_build_array(jsonb_build_object(
    'attempt_id', b.attempt_id, 'verdict', 'try_later', 'scope', 'capacity'
  ))) from begun as b
$$);
select is((select count(*) from engine.jobs where status <> 'CANCELLED'), 0::bigint, 'so it is not tried again');
select is((select count(*) from engine.enrollments where status <> 'CANCELLED'), 0::bigint, 'its journey is over');
select is((select count(*) from public.outreach_items where status <> 'CANCELLED'), 0::bigint, 'and its customer free');

select tests.act_as('ann@acme.example');
select is(tests.reschedule(id) #> '{counts,items}', '5', 'all are in the next launch') from list;

-- A hold that was under way failed.
select tests.act_as_superuser();
create temp table again as select * from engine.claim_tasks('w', '{hold}', 2);
select tests.act_as('ann@acme.example');
select tests.quietly(format('select public.cancel_campaign(%L)', c.id)) from public.campaigns as c where c.status = 'ACTIVE';
select tests.act_as_superuser();
select tests.quietly($$
  select case n
    when 1 then engine.record_hold('w', task_id, 'appointment_dispatched', 'It is working.')
    else engine.end_task('w', task_id, 'failed', 'forbidden', 'It may not.')
  end
  from (select t.task_id, row_number() over (order by t.task_id) as n from again as t) as t
$$);
select results_eq(
  $$ select i.status::text, i.hold_outcome from public.outreach_items as i inner join again as t on i.id = t.subject_id order by 2 $$,
  $$ values ('CANCELLED', 'appointment_dispatched'), ('CANCELLED', 'unknown') $$, 'what a hold of a cancelled outreach came to is told'
);
select tests.act_as('ann@acme.example');
select is(tests.reschedule(id) #> '{counts,items}', '5', 'and keeps nobody from the next one') from list;

select * from finish();
rollback;
