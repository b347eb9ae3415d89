-- Arguments, scripts and graphs that make no sense; who may ask.
begin;
select plan(15);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'ann@acme.example') as id;
create temp table flow as select tests.publish(t.id, tests.graph(tests.connect_providers(t.id))) as id from team as t;
select tests.add_member(id, 'vic@acme.example', 'viewer') from team;
create temp table other as select tests.create_team('Other', 'eve@other.example') as id;
grant select on team, flow to authenticated, anon;

create function pg_temp.codes(p_statement text) returns text[] language sql as $$
  select coalesce(tests.codes(tests.refusal(p_statement) -> 'detail'), '{}')
$$;

select tests.act_as('vic@acme.example');
select lives_ok($$ select public.simulate_workflow((select id from flow)) $$, 'a viewer may ask');
select is(pg_temp.codes($$ select public.simulate_workflow() $$), array['workflow_or_graph'], 'one is needed');
select is(
  pg_temp.codes($$ select public.simulate_workflow((select id from flow), '{}') $$), array['workflow_or_graph'], 'not both'
);
select is(
  pg_temp.codes($$ select public.simulate_workflow(p_graph => '{"nodes": [], "edges": []}') $$),
  array['trigger_missing'], 'a graph is validated'
);
select is(
  pg_temp.codes($$ select public.simulate_workflow((select id from flow), p_start_at => 'infinity', p_position => 0,
    p_retry_budget => 101, p_contact => '{"timezone": "Mars/Base", "state": "Texas", "phone": "123", "age": 4}') $$),
  array['contact_invalid', 'phone_too_short', 'position_range', 'retry_budget_range', 'start_invalid', 'state_invalid', 'timezone_unknown'],
  'all at once'
);
select is(
  pg_temp.codes($$ select public.simulate_workflow((select id from flow), p_outcomes => '{"start": ["any"], "call": "busy",
    "nobody": [], "text": ["voicemail", 3, {"outcome": "replied", "after": "P9D", "reply_text": 1}, {"after": "soon"}]}') $$),
  array['after_invalid', 'node_unknown', 'outcome_impossible', 'reply_invalid', 'script_invalid'],
  'every place of a script'
);
select is(
  pg_temp.codes($$ select public.simulate_workflow((select id from flow), p_outcomes => '[]', p_contact => '3') $$),
  array['contact_invalid', 'script_invalid'], 'shapes'
);
select is(
  pg_temp.codes($$ select public.simulate_workflow((select id from flow), p_outcomes => 'null', p_contact => 'null') $$),
  array['contact_invalid', 'script_invalid'], 'a JSON null is none'
);
select is(
  pg_temp.codes($$ select public.simulate_workflow((select id from flow), p_outcomes => null, p_contact => null, p_seed => null) $$),
  '{}', 'missing is empty'
);
select lives_ok(
  $$ select public.simulate_workflow((select id from flow), p_outcomes => '{"call": [null, "busy"]}') $$,
  'null in a script leaves the visit to the sample'
);
select tests.act_as('eve@other.example');
select throws_ok($$ select public.simulate_workflow((select id from flow)) $$, 'OB004', null, 'another team has no such workflow');
select throws_ok($$ select public.simulate_workflow(gen_random_uuid()) $$, 'OB004', null, 'nor is there this one');
select throws_ok(
  $$ select public.simulate_workflow(p_graph => '{}', p_team_id => (select id from team)) $$, 'OB004', null, 'nor the team'
);
select tests.act_as_role('anon');
select throws_ok($$ select public.simulate_workflow((select id from flow)) $$, '42501', null, 'strangers may not ask');
select throws_ok($$ select engine.decide_steps('{}') $$, '42501', null, 'nor call the engine');

select * from finish();
rollback;
