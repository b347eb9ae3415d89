-- Two a batch, every ten minutes; an account that rests for half an hour makes its calls half an hour later, and nobody else's.
begin;
select plan(13);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table calls as select tests.create_campaign(
  team.id, 12, p_call => '{"batching": {"size": 2, "interval": "PT10M"}}'
) as id from team;
create temp table texts as
select (public.create_campaign(
  'Texts', tests.create_list(c.team_id, 6, 2000), tests.publish(c.team_id, '{
    "nodes": [
      {"id": "start", "type": "trigger", "position": {"x": 0, "y": 0}, "data": {}},
      {"id": "text", "type": "text", "position": {"x": 0, "y": 9}, "data":
        {"template": "Hi", "batching": {"size": 1, "interval": "PT10M"}}}
    ],
    "edges": [{"id": "e", "source": "start", "target": "text", "data": {"when": "any"}}]
  }'), c.phone_number_id, p_team_id => c.team_id
)).id
from public.campaigns as c;
create temp table mixed as
select (public.create_campaign(
  'Both', tests.create_list(c.team_id, 4, 5000), tests.publish(c.team_id, jsonb_set(
    jsonb_set(tests.graph(a.id), '{nodes,1,data,batching}', '{"size": 1, "interval": "PT10M"}'),
    '{nodes,2,data,batching}', '{"size": 1, "interval": "PT10M"}'
  )), c.phone_number_id, p_team_id => c.team_id
)).id
from public.campaigns as c inner join calls on c.id = calls.id inner join public.assistants as a on c.team_id = a.team_id;
create temp table held as
select (public.create_campaign('Held', tests.create_list(c.team_id, 2, 3000), c.workflow_id, c.phone_number_id, p_team_id => c.team_id)).id
from public.campaigns as c inner join calls on c.id = calls.id;
create temp table other as select tests.create_campaign(
  tests.create_team('Other', 'admin@other.example'), 3, p_first => 4000, p_call => '{"batching": {"size": 1, "interval": "PT10M"}}'
) as id;
select tests.quietly(format('select public.launch_campaign(%L)', id)) from (
  select id from calls union all select id from texts union all select id from mixed union all select id from held union all select id from other
) as c;
select tests.quietly(format('select public.pause_campaign(%L)', id)) from held;
-- Two of those who are called first have been called, and are texted next.
update engine.jobs as j set node_id = 'text', channel = 'text', integration_id = i.id
from public.integrations as i, mixed as b
where i.provider = 'twilio' and i.team_id = j.team_id and j.campaign_id = b.id and j.run_at <= '2027-03-01 12:10-05';
create temp table before as select * from engine.jobs;
update public.integrations set status = 'PAUSED', paused_reason = '402', paused_at = engine.now();
select tests.set_clock('2027-03-01 12:30-05');
grant select on team to authenticated;

create function pg_temp.resume(p_provider text)
returns text
language plpgsql
as $$
declare
  v_health text;
begin
  perform tests.act_as('admin@acme.example');
  v_health := (select public.resume_integration(p_provider, team.id) ->> 'health' from team);
  perform tests.act_as_superuser();
  return v_health;
end
$$;

select is(pg_temp.resume('vapi'), 'ok', 'the account goes on');
select results_eq(
  $$select j.run_at, count(*)::integer from engine.jobs as j inner join calls as c on j.campaign_id = c.id group by 1 order by 1$$,
  $$select '2027-03-01 12:30-05'::timestamptz + n * interval '10 minutes', 2 from generate_series(0, 5) as n$$,
  'two a batch from now on'
);
select is_empty(
  $$select from before as b inner join engine.jobs as j using (id)
    where b.campaign_id = (select id from calls) and j.run_at <> b.run_at + interval '30 minutes'$$, 'in the order that they had'
);
select is_empty(
  $$select from before as b inner join engine.jobs as j using (id)
    where (b.channel = 'text' or b.campaign_id in (select id from held union all select id from other))
      and (j.run_at, j.due_at) <> (b.run_at, b.due_at)$$,
  'nothing is moved of another account, of a campaign that is paused, of another team'
);
select is((select count(*) from engine.claim_jobs('w', '{call,text}', 100)), 3::bigint, 'no burst');
select is(pg_temp.resume('twilio'), 'ok', 'the other account goes on');
select results_eq(
  $$select j.run_at from engine.jobs as j inner join texts as t on j.campaign_id = t.id order by 1$$,
  $$select '2027-03-01 12:30-05'::timestamptz + n * interval '10 minutes' from generate_series(0, 5) as n$$,
  'and sends one text a batch'
);

-- Nothing was held of an account in use: what is due there waits for a line, and does not queue up anew.
update engine.jobs set run_at = '2027-03-01 12:20-05' where campaign_id = (select id from texts) and run_at <= engine.now();
create temp table again as select * from engine.jobs;
select is(pg_temp.resume('twilio'), 'ok', 'resuming it again');
select is_empty($$select from again as b inner join engine.jobs as j using (id) where j.run_at <> b.run_at$$, 'moves nobody');

-- Saving the account lifts its pause too.
update public.integrations set status = 'PAUSED', paused_reason = '402', paused_at = engine.now() where provider = 'twilio';
update engine.jobs set due_at = '2027-02-27 11:00-05' where id = (
  select j.id from engine.jobs as j inner join texts as t on j.campaign_id = t.id order by j.run_at, j.id limit 1
);
select tests.set_clock('2027-03-01 13:00-05');
select is(
  (select i.status::text from team cross join lateral public.upsert_integration(
    'twilio', 'TWILIO', 'AC' || replace(team.id::text, '-', ''), p_is_sandbox => true, p_team_id => team.id
  ) as i), 'ACTIVE', 'an account that is saved goes on'
);
select results_eq(
  $$select j.run_at from engine.jobs as j inner join texts as t on j.campaign_id = t.id where j.status = 'READY' order by 1$$,
  $$select '2027-03-01 13:00-05'::timestamptz + n * interval '10 minutes' from generate_series(0, 4) as n$$,
  'in batches too'
);
select is(
  (select array_agg(j.status || ' ' || j.reason_code) from engine.jobs as j inner join texts as t on j.campaign_id = t.id
   where j.status <> 'READY'), '{"CANCELLED too_late"}', 'without who would be too late'
);
select is((select count(*) from engine.claim_jobs('w', '{text}', 100)), 2::bigint, 'no burst');

select * from finish();
rollback;
