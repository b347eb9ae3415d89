-- Whoever is in the team may have a graph looked at; what counts are the team's own assistants.
begin;
select plan(10);
select tests.furnish_workflows();

select tests.act_as('vera@acme.example');
select is(
  tests.codes(jsonb_path_query_array(public.validate_workflow_graph(tests.team_graph()), '$[*] ? (@.severity == "error")')),
  '{}', 'a viewer is told that the graph is in order'
);
select is(
  tests.codes(public.validate_workflow_graph(tests.team_graph('Rival'))) @> '{assistant_unknown}', true,
  'another team''s assistant is unknown, as if it had never been'
);
select throws_ok(
  $$select public.validate_workflow_graph('{}', tests.team_id('Rival'))$$, 'OB004', null, 'another team is not found'
);
select tests.act_as('nobody@nowhere.example');
select throws_ok($$select public.validate_workflow_graph('{}')$$, 'OB004', null, 'who has no team has none to ask for');
select tests.act_as_role('anon');
select throws_ok($$select public.validate_workflow_graph('{}')$$, '42501', null, 'anon can''t reach it');
select tests.act_as_role('service_role');
select throws_ok(
  $$select public.validate_workflow_graph('{}')$$, 'OB001', null, 'a service says which of all the teams it means'
);
select is(
  tests.codes(public.validate_workflow_graph('{}', tests.team_id('Acme'))), '{edges_invalid,nodes_invalid}', 'and is answered'
);

select tests.act_as_superuser();
update public.assistants set is_active = false;
select is(
  (engine.graph_issues(tests.team_graph(), tests.team_id('Acme')) -> 0) - 'message'::text,
  '{"code": "assistant_inactive", "path": "$.nodes[1].data.assistant_id", "severity": "error", "node_id": "call"}',
  'an issue names its code, its weight, its place and its node'
);
update public.assistants set is_active = true, channel = 'text', template = 'Hi';
select is(
  tests.codes(engine.graph_issues(tests.graph((select id from public.assistants limit 1)), null)) @> '{assistant_unknown}', true,
  'without a team no assistant is known'
);
select is((select count(*) from public.workflows), 0::bigint, 'and nothing is ever written');

select * from finish();
rollback;
