-- A customer of an outreach who was called, and whose call is in the history by now, is not called by another one.
begin;
select plan(5);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
select tests.connect_providers(id), tests.connect_holds(id) from team;
create temp table list as select tests.create_list(team.id, 2) as id from team;
select tests.give_appointments(id) from list;
grant select on team, list to public;
select tests.act_as('ann@acme.example');
create temp table outreach as
select (tests.reschedule(list.id) ->> 'campaign_id')::uuid as campaign_id from list;
grant select on outreach to public;

select tests.act_as_superuser();
create temp table held as select t.* from engine.claim_tasks('w', '{hold}', 1) as t;
select tests.quietly($$select engine.record_hold('w', task_id, 'held'), engine.end_task('w', task_id, 'done') from held$$);
create temp table begun as
select * from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 1)));
select tests.quietly($$
  select engine.record_dispatches('w', jsonb_build_array(jsonb_build_object(
    'attempt_id', b.attempt_id, 'verdict', 'accepted', 'provider_id', 'p1'
  ))) from begun as b
$$);
select tests.quietly($$
  select engine.ingest_event(jsonb_build_array(jsonb_build_object(
    'provider', 'vapi', 'event_key', 'k1', 'provider_id', 'p1', 'type', 'end-of-call-report',
    'payload', '{"endedReason": "customer-ended-call"}'::jsonb
  )))
$$);
select tests.set_clock('2027-06-01 12:00-04');
select tests.quietly('select engine.archive_finished()');
select is_empty('select from engine.attempts', 'the call is not in the hot tables any more');
select is((select count(*) from engine.attempt_history), 1::bigint, 'but in the history');
select tests.act_as('ann@acme.example');
select is(public.cancel_campaign(campaign_id, true) -> 'freed', '1', 'only who waits for the hold is free') from outreach;
select is(public.cancel_campaign(campaign_id) -> 'freed', '1', 'and freed') from outreach;
select is(tests.reschedule(id, true) #> '{counts,duplicates}', '1', 'the other has been done') from list;

select * from finish();
rollback;
