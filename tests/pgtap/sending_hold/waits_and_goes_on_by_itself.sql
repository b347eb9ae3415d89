-- A number or an assistant that is taken from a running campaign holds its calls, and nobody else's: nothing is
-- claimed, lost or failed, operators are told, and everything goes on when it is back.
begin;
select plan(18);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 3) as id from team;
create temp table texting as
select public.create_campaign(
  'Texts', c.list_id, tests.publish(c.team_id, '{
    "nodes": [
      {"id": "start", "type": "trigger", "position": {"x": 0, "y": 0}, "data": {}},
      {"id": "text", "type": "text", "position": {"x": 0, "y": 9}, "data": {"template": "Hi"}}
    ],
    "edges": [{"id": "e", "source": "start", "target": "text", "data": {"when": "any"}}]
  }'), c.phone_number_id, p_team_id => c.team_id
) as row
from public.campaigns as c;
select public.launch_campaign(id) as launched into temp launched from campaign;
create temp table person as select tests.fictitious_phone(1001) as phone;
grant select on team, campaign, person to authenticated;

create function pg_temp.claimed()
returns text
language plpgsql
as $$
declare
  v_claimed text;
begin
  select string_agg(n.channel || ' ' || n.jobs, ', ' order by n.channel) into v_claimed
  from (
    select j.channel, count(*) as jobs
    from engine.claim_and_begin('w', '{call,text}', 10) as c
    inner join engine.jobs as j on c.job_id = j.id
    where c.decision = 'pass'
    group by j.channel
  ) as n;
  raise sqlstate 'UNDO0' using message = coalesce(v_claimed, 'nothing');
exception when sqlstate 'UNDO0' then
  return sqlerrm; -- given back, for the next question
end
$$;

select is(pg_temp.claimed(), 'call 3', 'nothing is missing');
update public.phone_numbers set is_verified_for_calls = false;
select is(pg_temp.claimed(), 'nothing', 'no call goes out from a number that may not call');
select is((select due from engine.due_jobs()), 0::bigint, 'and there is nothing to do');
select is((select array_agg(distinct status::text) from engine.jobs), '{READY}', 'the jobs stay as they are');
select is((select due_jobs from engine.queue_lag() where queue = 'call'), 3::bigint, 'and are seen to be due');
select public.launch_campaign((row).id) as launched into temp launched_texts from texting;
select is(pg_temp.claimed(), 'text 3', 'texts to the same people from the same number go out, though the calls were due before');
select is((select due from engine.due_jobs()), 3::bigint, 'and are work');
select tests.act_as('admin@acme.example');
select is(
  (select array_agg(b ->> 'code') from jsonb_array_elements(public.get_campaign(campaign.id) -> 'blockers') as b),
  '{number_not_verified_for_calls}', 'the campaign''s page says what is missing'
) from campaign;
select is(
  (select e.answer #>> '{next,kind}' || ' ' || (e.answer #>> '{next,reason_code}') from (
    select public.explain_contact(campaign.id, p_phone => person.phone) as answer from person
  ) as e), 'wait number_not_verified', 'and so does what is told of a person'
) from campaign;
select tests.act_as_superuser();
select is(
  public.get_deployment_facts() #>> '{held,0,blockers,0,code}', 'number_not_verified_for_calls', 'and the doctor''s facts'
);
update public.phone_numbers set is_verified_for_calls = true;
select is(pg_temp.claimed(), 'call 3', 'verified again: it goes on, and whoever was due first is first');
select is(public.get_deployment_facts() -> 'held', '[]', 'and nothing is told any more');

update public.assistants set is_active = false;
select is(pg_temp.claimed(), 'text 3', 'who calls is switched off: only texts go out');
select is((select due from engine.due_jobs()), 3::bigint, 'and are work');
update public.assistants set is_active = true;
-- Leased by a worker of the release before, and held when it begins.
select count(*) as leased into temp leased from engine.claim_jobs('w', '{call}', 1);
update public.assistants set is_active = false;
select is_empty(
  $$ select job_id from engine.begin_attempts('w', array(select id from engine.jobs where status = 'CLAIMED')) $$,
  'what was leased before does not begin'
);
select results_eq(
  $$ select decision, reason_code from engine.gate_decisions $$, $$ values ('hold', 'assistant_inactive') $$,
  'which is kept, with the reason'
);
-- Whoever waits for what was taken away does not keep the team's last contact from others.
update public.teams set frequency_limit = 1, frequency_window = '1 day';
select is(
  (select count(*) from engine.check_eligibility(array(select id from engine.jobs where channel = 'text')) as v where v.decision = 'pass'),
  3::bigint, 'a held job takes nobody''s turn'
);
update public.assistants set is_active = true;
select tests.set_clock('2027-03-04 12:00-05');
select is(
  (select array_agg(distinct concat_ws(' ', c.decision)) from engine.claim_and_begin('w', '{call}', 10) as c), '{close}',
  'and what has become too late meanwhile is closed, not sent'
);

select * from finish();
rollback;
