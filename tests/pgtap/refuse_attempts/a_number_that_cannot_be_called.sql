-- A call that the provider refuses for the number goes on over the edges for calls that did not go well: she may be texted.
begin;
select plan(9);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table assistant as select tests.connect_providers(id) as id from team;
create temp table scenes (rule text, campaign_id uuid);
create function pg_temp.launch(p_rule text)
returns void
language plpgsql
as $$
declare
  v_graph jsonb := tests.graph((select id from pg_temp.assistant));
  v_team uuid := (select id from pg_temp.team);
  v_campaign uuid;
begin
  v_graph := jsonb_set(v_graph, '{edges,1,data}', format('{"when": "%s", "priority": 2}', p_rule)::jsonb);
  -- What a rule tries again is what failed on the way; this number would be refused again.
  v_graph := jsonb_set(v_graph, '{nodes,1,data,retry,outcomes}', '["no_answer", "failed"]');
  v_campaign := (public.create_campaign(
    p_rule, tests.create_list(v_team, 1, 1000 + (select count(*)::integer from pg_temp.scenes)), tests.publish(v_team, v_graph),
    (select p.id from public.phone_numbers as p), p_team_id => v_team
  )).id;
  perform public.launch_campaign(v_campaign);
  insert into pg_temp.scenes values (p_rule, v_campaign);
end
$$;
-- What became of the journey: its jobs in order, then how it stands.
create function pg_temp.journey(p_rule text)
returns text
language sql
as $$
  select string_agg(concat_ws(' ', j.node_id, j.status, j.outcome, j.reason_code), ', ' order by j.created_at, j.node_id)
    || ': ' || concat_ws(' ', min(e.status::text), min(e.reason_code))
  from pg_temp.scenes as s
  inner join engine.enrollments as e on s.campaign_id = e.campaign_id
  inner join engine.jobs as j on e.id = j.enrollment_id
  where s.rule = p_rule
$$;
select tests.quietly(format('select pg_temp.launch(%L)', r.rule))
from unnest(array['any', 'not_booked', 'failed', 'no_answer']) as r (rule);

create temp table begun as
select b.attempt_id from engine.begin_attempts('w', array(select job_id from engine.claim_jobs('w', '{call}', 10))) as b;
select is((select count(*) from begun), 4::bigint, 'four calls begin');
select tests.quietly($$
  select engine.record_dispatches('w', jsonb_agg(jsonb_build_object(
    'attempt_id', attempt_id, 'verdict', 'refused', 'scope', 'number', 'code', 'invalid_number'
  ))) from begun
$$);
select is(
  pg_temp.journey(r.rule), 'call FAILED undeliverable invalid_number, text READY: ACTIVE', format('%s goes on to the text', r.rule)
)
from unnest(array['any', 'not_booked', 'failed']) as r (rule);
select is(
  pg_temp.journey('no_answer'), 'call FAILED undeliverable invalid_number: FAILED invalid_number', 'without such an edge it has failed'
);
select is(
  (select count(*) from engine.claim_jobs('w', '{text}', 10)), 3::bigint, 'and the texts go out'
);
select is((select status::text from public.integrations where provider = 'vapi'), 'ACTIVE', 'the account is as it was');
select is_empty(
  $$ select c.* from scenes as s cross join lateral engine.compare_counters(s.campaign_id) as c $$, 'and all is counted'
);
select is(
  (
    select public.simulate_workflow(c.workflow_id, p_outcomes => '{"call": ["undeliverable"]}') #>> '{visits,1,next,edge_id}'
    from scenes as s inner join public.campaigns as c on s.campaign_id = c.id where s.rule = 'any'
  ), 'e2', 'a simulation takes the same way'
);
select * from finish();
rollback;
