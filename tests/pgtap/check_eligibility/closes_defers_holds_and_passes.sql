-- One campaign, one job, and whatever may stand in its way; what ends a job comes before what delays it.
begin;
select plan(17);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 1) as id from team;
select public.launch_campaign(id) as launched into temp launched from campaign;

create function pg_temp.verdict()
returns text
language sql
as $$
  select concat_ws(' ', v.decision, v.reason_code, v.enrollment_status)
  from engine.check_eligibility(array(select id from engine.jobs)) as v
$$;

select is(pg_temp.verdict(), 'pass', 'nothing is in its way');
update public.integrations set status = 'PAUSED', paused_reason = 'x', paused_at = engine.now() where provider = 'vapi';
select is(pg_temp.verdict(), 'hold integration_paused', 'a paused account holds');
update public.campaigns set status = 'PAUSED';
select is(pg_temp.verdict(), 'hold campaign_not_active', 'a paused campaign holds');
update public.integrations set status = 'ACTIVE', paused_reason = null, paused_at = null;
update public.campaigns set status = 'ACTIVE';
update public.phone_numbers set is_verified_for_texts = false;
select is(pg_temp.verdict(), 'pass', 'a number that may not text any more calls');
update public.phone_numbers set is_verified_for_calls = false;
select is(pg_temp.verdict(), 'hold number_not_verified', 'one that is not verified for calls any more holds them');
update public.phone_numbers set is_verified_for_calls = true;
update public.assistants set is_active = false;
select is(pg_temp.verdict(), 'hold assistant_inactive', 'so does an assistant who was switched off');
delete from public.assistants;
select is(pg_temp.verdict(), 'hold assistant_inactive', 'or is gone');
insert into public.assistants (team_id, id, name, provider_assistant_id)
select n.team_id, (n.config ->> 'assistant_id')::uuid, 'Ava', 'vapi-assistant'
from public.workflow_nodes as n
where n.type = 'call';
update public.contacts set timezones = '{America/New_York,Asia/Tokyo,Europe/London}';
select is(pg_temp.verdict(), 'close never_open FAILED', 'no hour is legal in New York, Tokyo and London');
update public.contacts set timezones = '{America/New_York,Pacific/Honolulu}';
select is(pg_temp.verdict(), 'defer outside_hours', 'it is seven in the morning in Honolulu');
select is(
  (select run_at from engine.check_eligibility(array(select id from engine.jobs))), '2027-03-01 18:00+00',
  'until eight there'
);
update public.contacts set timezones = '{}';
select is(pg_temp.verdict(), 'close timezone_unknown SUPPRESSED', 'nobody knows where');
update public.contacts set timezones = '{America/New_York}';
update engine.jobs set due_at = due_at - interval '49 hours';
select is(pg_temp.verdict(), 'close too_late FAILED', 'more than max_lateness after it was due');
update engine.jobs set due_at = run_at;
update public.integrations set is_sandbox = false where provider = 'vapi';
select is(pg_temp.verdict(), 'close number_is_fictitious SUPPRESSED', 'a fictitious number and a real account');
update public.integrations set is_sandbox = true;
insert into public.suppressions (team_id, phone, channel, reason, source)
select team_id, phone, 'text', 'opted_out', 'test' from engine.jobs;
select is(pg_temp.verdict(), 'pass', 'suppressed on the other channel');
update public.suppressions set channel = 'call', reason = 'litigator';
select is(pg_temp.verdict(), 'close suppressed_litigator SUPPRESSED', 'suppressed on this one');
update public.suppressions set reason = 'opted_out';
select is(pg_temp.verdict(), 'close suppressed_opted_out OPTED_OUT', 'said stop');
update public.campaigns set status = 'CANCELLED', ended_at = engine.now();
select is(pg_temp.verdict(), 'close campaign_cancelled CANCELLED', 'the campaign is cancelled');

select * from finish();
rollback;
