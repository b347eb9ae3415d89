-- A job with its requests, events and verdicts, and what is open to it.
begin;
select plan(12);
create temp table campaign as select tests.furnish_jobs(1) as id;
grant select on campaign to authenticated;
create temp table held as select * from engine.claim_jobs('w', '{call}', 1);
update public.campaigns set status = 'PAUSED';
create temp table taken_back as select * from engine.begin_attempts('w', array(select job_id from held));
update public.campaigns set status = 'ACTIVE';
create temp table begun as
select * from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 1)));
create temp table answered as select * from engine.record_dispatches(
  'w', (select jsonb_agg(jsonb_build_object(
    'attempt_id', b.attempt_id, 'verdict', 'accepted', 'provider_id', 'p1'
  )) from begun as b)
);
create temp table told as select * from engine.ingest_event(
  '[{"provider": "vapi", "event_key": "e1", "type": "status-update", "provider_id": "p1", "payload": {"status": "in-progress"}}]'
);
select tests.act_as('vera@acme.example');
create temp table shown as select public.get_job(tests.job_id(1)) as it;
select is((select it ->> 'status' from shown), 'DISPATCHED', 'where it stands');
select is((select it #>> '{attempts,0,status}' from shown), 'ACCEPTED', 'its request');
select is((select it #>> '{attempts,0,request,to}' from shown), (select it ->> 'phone' from shown), 'what was asked');
select is((select it #>> '{events,0,reason_code}' from shown), 'in-progress', 'what was told');
select is((select it #>> '{decisions,0,reason_code}' from shown), 'campaign_not_active', 'what the gate said');
select is((select it #>> '{decisions,0,asked_by}' from shown), 'begin', 'and when it was asked');
select is((select it #>> '{next,kind}' from shown), 'report', 'what comes next');
select isnt((select it #>> '{refusals,cancel}' from shown), null, 'a call that is out is not called off');
select isnt((select it #>> '{refusals,retry}' from shown), null, 'nor tried again');
select throws_ok('select public.get_job((select id from campaign))', 'OB004', null, 'no such job');
select throws_ok('select public.get_job(null)', 'OB004', null, 'nor none');
select tests.act_as('rita@rival.example');
select throws_ok('select public.get_job(tests.job_id(1))', 'OB004', null, 'another team''s job is not there');
select * from finish();
rollback;
