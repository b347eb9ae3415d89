-- What the gate refuses is written down by who asked, once for each answer; what passes is not.
begin;
select plan(10);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 1) as id from team;
select public.launch_campaign(id) as launched into temp launched from campaign;

create function pg_temp.logged()
returns text[]
language sql
as $$
  select array_agg(concat_ws(' ', d.asked_by, d.decision, d.reason_code) order by d.decided_at, d.reason_code)
  from engine.gate_decisions as d
$$;

select is((select count(*) from engine.claim_jobs('w', '{call}', 10)), 1::bigint, 'she is claimed');
select is((select count(*) from engine.gate_decisions), 0::bigint, 'what passes is not written down');
update public.campaigns set status = 'PAUSED';
select is(
  (select count(*) from engine.begin_attempts('w', array(select id from engine.jobs))), 0::bigint, 'a pause comes between'
);
select is(pg_temp.logged(), array['begin hold campaign_not_active'], 'the gate took the job back');
update public.campaigns set status = 'ACTIVE';

-- It is seven in the morning in Honolulu.
update public.contacts set timezones = '{America/New_York,Pacific/Honolulu}';
select tests.set_clock('2027-03-01 12:05-05');
select is((select count(*) from engine.claim_jobs('w', '{call}', 10)), 0::bigint, 'she is put off');
select is(
  (select row(d.asked_by, d.decision, d.due_at, d.run_at, d.decided_at)::text
    from engine.gate_decisions as d where d.reason_code = 'outside_hours'),
  row('claim', 'defer', '2027-03-01 12:00-05'::timestamptz, '2027-03-01 13:00-05'::timestamptz,
    '2027-03-01 12:05-05'::timestamptz)::text,
  'from when to when'
);
update engine.jobs set run_at = engine.now();
select is((select count(*) from engine.claim_jobs('w', '{call}', 10)), 0::bigint, 'asked too early, she is put off again');
select is((select count(*) from engine.gate_decisions), 2::bigint, 'the same answer is written down once');

select tests.set_clock('2027-03-01 13:00-05');
insert into public.suppressions (team_id, phone, channel, reason, source)
select team_id, phone, 'call', 'litigator', 'test' from engine.jobs;
select is((select count(*) from engine.claim_jobs('w', '{call}', 10)), 0::bigint, 'she may not be called any more');
select is(
  pg_temp.logged(),
  array['begin hold campaign_not_active', 'claim defer outside_hours', 'claim close suppressed_litigator'],
  'and the end is written down too'
);
select * from finish();
rollback;
