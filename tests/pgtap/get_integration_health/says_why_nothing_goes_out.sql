-- Operators see why an account rests; an admin resumes it, and what waited goes out again.
begin;
select plan(19);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 6) as id from team;
select tests.add_member(id, 'operator@acme.example', 'operator') as id into temp operator from team;
select tests.create_team('Other', 'admin@other.example') as id into temp stranger;
select public.launch_campaign(id) as launched into temp launched from campaign;
grant select on team to authenticated;

create function pg_temp.vapi()
returns jsonb
language sql
security definer
as $$ select engine.describe_health(i) from public.integrations as i where i.provider = 'vapi' $$;
create function pg_temp.begin_and_say(p_limit integer, p_result jsonb)
returns bigint
language sql
security definer
as $$
  select count(*)
  from engine.record_dispatches('w', (
    select coalesce(jsonb_agg(p_result || jsonb_build_object('attempt_id', b.attempt_id)), '[]')
    from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', p_limit))) as b
  ))
$$;

select tests.act_as('operator@acme.example');
select is(
  (select jsonb_agg(h - '{is_sandbox,concurrency_limit,message}'::text[]) from jsonb_array_elements(public.get_integration_health()) as h),
  '[{"provider": "vapi", "health": "ok", "paused_at": null, "paused_reason": null, "pace_per_minute": null, "pace_reason": null,
     "full_pace_at": null, "in_flight": 0, "last_taken_at": null, "last_refusal": null},
    {"provider": "twilio", "health": "ok", "paused_at": null, "paused_reason": null, "pace_per_minute": null, "pace_reason": null,
     "full_pace_at": null, "in_flight": 0, "last_taken_at": null, "last_refusal": null}]', 'all is well'
);
select is(pg_temp.begin_and_say(1, '{"verdict": "accepted", "provider_id": "p1"}'), 1::bigint, 'one call goes out');
select is(pg_temp.vapi() ->> 'last_taken_at', '2027-03-01T17:00:00+00:00', 'and the account was used');
select is(
  pg_temp.begin_and_say(1, '{"verdict": "try_later", "scope": "capacity", "code": "429", "retry_after_seconds": 60}'), 1::bigint,
  'then it is too much'
);
select is(
  pg_temp.vapi() - '{provider,message,is_sandbox,paused_at,paused_reason,concurrency_limit,last_taken_at}'::text[],
  '{"health": "slowed", "pace_per_minute": 0, "pace_reason": "429", "full_pace_at": "2027-03-01T17:11:00+00:00", "in_flight": 1,
    "last_refusal": {"at": "2027-03-01T17:00:00+00:00", "code": "429", "message": null}}', 'which is told, with when it ends'
);
select throws_ok($$ select public.resume_integration('vapi') $$, 'OB008', null, 'an operator may not resume it');
select tests.act_as('admin@other.example');
select is(public.get_integration_health(), '[]', 'another team sees its own accounts');
select throws_ok($$ select public.resume_integration('vapi', team.id) from team $$, 'OB004', null, 'and resumes none of ours');
select throws_ok($$ select public.get_integration_health(team.id) from team $$, 'OB004', null, 'nor sees them');
select throws_ok($$ select public.resume_integration('vapi') $$, 'OB004', null, 'nor resumes what it has not got');
select throws_ok($$ select public.resume_integration(null) $$, 'OB001', null, 'or nothing');
select throws_ok($$ select public.resume_integration('fax') $$, 'OB001', null, 'or what nobody knows');

select tests.act_as('admin@acme.example');
select is(public.resume_integration('vapi') ->> 'health', 'ok', 'an admin lifts the pace');
select is(
  pg_temp.begin_and_say(1, '{"verdict": "refused", "scope": "account", "code": "402", "message": "out of credits"}'), 1::bigint,
  'the account is refused'
);
select is(
  pg_temp.vapi() - '{provider,is_sandbox,concurrency_limit,last_taken_at,in_flight,last_refusal}'::text[],
  '{"health": "paused", "message": "Paused: 402: out of credits. Nothing goes out until somebody resumes it.",
    "paused_at": "2027-03-01T17:00:00+00:00", "paused_reason": "402: out of credits", "pace_per_minute": null, "pace_reason": null,
    "full_pace_at": null}', 'and pauses, with the reason'
);
select is(pg_temp.begin_and_say(5, '{"verdict": "accepted", "provider_id": "p2"}'), 0::bigint, 'nothing goes out');
select is(public.resume_integration('vapi') ->> 'health', 'ok', 'until an admin resumes it');
select is(pg_temp.begin_and_say(1, '{"verdict": "accepted", "provider_id": "p2"}'), 1::bigint, 'then it does');
select is(public.resume_integration('vapi') ->> 'health', 'ok', 'resuming it again changes nothing');

select * from finish();
rollback;
