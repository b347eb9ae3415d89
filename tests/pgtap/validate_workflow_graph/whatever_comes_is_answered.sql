-- Anything that is JSON gets a list of issues, and never an error.
begin;
select plan(22);

select is(tests.codes(engine.graph_issues(null, null)), '{graph_invalid}', 'nothing');
select is(tests.codes(engine.graph_issues('null', null)), '{graph_invalid}', 'null');
select is(tests.codes(engine.graph_issues('[]', null)), '{graph_invalid}', 'a list');
select is(tests.codes(engine.graph_issues('"graph"', null)), '{graph_invalid}', 'a text');
select is(tests.codes(engine.graph_issues('17', null)), '{graph_invalid}', 'a number');
select is(tests.codes(engine.graph_issues('true', null)), '{graph_invalid}', 'a truth');
select is(tests.codes(engine.graph_issues('{}', null)), '{edges_invalid,nodes_invalid}', 'an empty object');
select is(
  tests.codes(engine.graph_issues('{"nodes": {}, "edges": "e"}', null)), '{edges_invalid,nodes_invalid}', 'lists that are none'
);
select is(tests.codes(engine.graph_issues('{"nodes": [], "edges": []}', null)), '{trigger_missing}', 'an empty graph');
select is(
  tests.codes(engine.graph_issues('{"nodes": [null, 1, "a", [], true], "edges": [null, 1, "a", [], true]}', null)),
  '{edge_invalid,node_invalid,trigger_missing}', 'elements that are no objects'
);
select is(
  tests.codes(engine.graph_issues('{"nodes": [{}], "edges": [{}]}', null)),
  '{edge_id_invalid,edge_source_unknown,edge_target_unknown,node_id_invalid,node_type_unknown,trigger_missing}',
  'objects with nothing in them'
);
select is(
  tests.codes(engine.graph_issues(
    '{"nodes": [{"id": {"a": 1}, "type": ["call"], "position": "left", "data": 3}],
      "edges": [{"id": 7, "source": {}, "target": [], "sourceHandle": 1, "data": "x"}]}', null
  )),
  '{edge_data_invalid,edge_handle_invalid,edge_id_invalid,edge_source_unknown,edge_target_unknown,node_data_invalid,node_id_invalid,node_position_invalid,node_type_unknown,trigger_missing}', -- noqa: LT05
  'every field of the wrong type'
);
select is(
  tests.codes(engine.graph_issues(jsonb_build_object('nodes', jsonb_build_array(jsonb_build_object(
    'id', 't', 'type', 'trigger', 'data', jsonb_build_object('label', repeat('x', 1000000))
  )), 'edges', '[]'::jsonb), null)),
  '{node_label_invalid,trigger_has_no_outgoing_edge}', 'a label of a million characters'
);
select cmp_ok(
  (select max(length(i.value::text)) from jsonb_array_elements(engine.graph_issues(
    jsonb_build_object('nodes', jsonb_build_array(jsonb_build_object('id', repeat('x', 1000000), 'type', repeat('y', 1000000))),
      'edges', '[]'::jsonb), null
  )) as i), '<', 400, 'what is long does not come back'
);
select is(
  tests.codes(engine.graph_issues(
    ('{"nodes": [{"id": "t", "type": "trigger", "data": {"label": ' || repeat('[', 5000) || repeat(']', 5000) || '}}], "edges": []}')::jsonb,
    null
  )),
  '{node_label_invalid,trigger_has_no_outgoing_edge}', 'a value that is nested 5,000 deep'
);
select is(
  tests.codes(engine.graph_issues(
    '{"nodes": [{"id": "t", "type": "trigger", "position": {"x": 1e1000, "y": -1e-1000}}], "edges": []}', null
  )),
  '{node_position_invalid,trigger_has_no_outgoing_edge}', 'a number that no double can hold'
);
select is(
  tests.codes(engine.graph_issues(
    '{"nodes": [{"id": "t", "type": "trigger", "position": {"x": 0, "y": -1e-1000}}], "edges": []}', null
  )),
  '{trigger_has_no_outgoing_edge}', 'one that is all but nothing'
);
select is(
  tests.codes(engine.graph_issues(
    '{"nodes": [{"id": "t", "type": "trigger"}],
      "edges": [{"id": "e", "source": "t", "target": "t", "data": {"when": "any", "priority": 1e100, "delay": "P99999999Y"}}]}', null
  )),
  '{edge_delay_invalid,edge_priority_invalid,edge_self_loop,trigger_has_incoming_edge,trigger_has_no_outgoing_edge}',
  'numbers and durations beyond all bounds'
);

-- Paths are JSON paths: they find what they speak of.
create temp table graph as
select '{"nodes": [{"id": "t", "type": "trigger", "data": {"label": 5}},
  {"id": "x", "type": "text", "data": {"template": "a", "template_overrides": {"a b": "c", "\"": 4},
    "business_hours": {"windows": {"mon day": [], "monday": [{"start": "9"}]}}}}],
  "edges": [{"id": "e", "source": "t", "target": "x", "data": {"phrases": ["yes"], "delay": 5}}]}'::jsonb as value;
select is(
  (select count(*) from jsonb_array_elements(engine.graph_issues(graph.value, null)) as i
    where jsonb_path_query_first(graph.value, (i.value ->> 'path')::jsonpath) is null),
  0::bigint, 'every path finds its place'
) from graph;
select is(
  (select array_agg(i.value ->> 'path' order by i.ordinality)
    from jsonb_array_elements(engine.graph_issues(graph.value, null)) with ordinality as i),
  array[
    '$.nodes[0].data.label', '$.nodes[1].data.business_hours.windows."mon day"',
    '$.nodes[1].data.business_hours.windows.monday[0]', '$.nodes[1].data.template_overrides."\""',
    '$.nodes[1].data.template_overrides."a b"', '$.edges[0].data.delay', '$.edges[0].data.phrases'
  ], 'errors come first, then all is in the order of the graph'
) from graph;

-- A thousand edges out of one node, all alike, cost no more than a thousand edges.
select is(
  (select count(*) from jsonb_array_elements(engine.graph_issues(jsonb_build_object(
    'nodes', '[{"id": "t", "type": "trigger"}, {"id": "x", "type": "text", "data": {"template": "a"}}]'::jsonb,
    'edges', (select jsonb_agg(jsonb_build_object('id', 'e' || n, 'source', 't', 'target', 'x')) from generate_series(1, 1000) as n)
  ), null)) as i where i.value ->> 'code' = 'edge_duplicate'),
  999::bigint, 'each of a thousand duplicates is told of'
);
select ok(
  not exists (select from information_schema.routines where routine_name = 'graph_issues' and is_deterministic = 'YES'),
  'the check reads the team''s assistants, so it promises no more than the rows do'
);

select * from finish();
rollback;
