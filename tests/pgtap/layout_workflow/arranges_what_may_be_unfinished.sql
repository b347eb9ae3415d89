-- Whoever is signed in may have a graph arranged; what it needs is nodes that can be told apart.
begin;
select plan(15);
select tests.furnish_workflows();

select tests.act_as('nobody@nowhere.example');
select is(
  public.layout_workflow('{"viewport": {"zoom": 2}, "nodes": [
    {"id": "start", "type": "trigger", "selected": true}, {"id": "call", "type": "call", "data": {"x": 1}}, {"id": "?", "type": 5}],
    "edges": [{"id": 7, "source": "start", "target": "call"}, {"source": "call", "target": "ghost"}, null]}'),
  '{"viewport": {"zoom": 2}, "nodes": [
    {"id": "start", "type": "trigger", "selected": true, "position": {"x": 0, "y": 0}},
    {"id": "call", "type": "call", "data": {"x": 1}, "position": {"x": 320, "y": 0}},
    {"id": "?", "type": 5, "position": {"x": 0, "y": 160}}],
    "edges": [{"id": 7, "source": "start", "target": "call"}, {"source": "call", "target": "ghost"}, null]}',
  'a part of its own goes below; everything but the positions stays as it was'
);
select is(
  jsonb_path_query_array(public.layout_workflow(
    '{"nodes": [{"id": "a", "measured": {"width": 100, "height": 50}}, {"id": "b"}], "edges": [{"source": "a", "target": "b"}]}',
    p_direction => 'TB'
  ), '$.nodes[*].position'),
  '[{"x": 70, "y": 0}, {"x": 0, "y": 130}]', 'from top to bottom, by the sizes that the editor measured'
);
select is(
  jsonb_path_query_array(public.layout_workflow(
    '{"nodes": [{"id": "b"}, {"id": "a", "type": "trigger"}, {"id": "c"}],
      "edges": [{"source": "b", "target": "c"}, {"source": "c", "target": "b"}, {"source": "a", "target": "b"}]}'
  ), '$.nodes[*].position.x'),
  '[320, 0, 640]', 'a cycle is opened where it leads back'
);
select is(public.layout_workflow('{"nodes": [], "edges": []}'), '{"nodes": [], "edges": []}', 'nothing is nothing');

select is(tests.codes(tests.refusal(r.statement) -> 'detail'), r.codes, r.statement)
from (values
  ($$select public.layout_workflow(null)$$, '{graph_invalid}'::text[]),
  ($$select public.layout_workflow('5')$$, '{graph_invalid}'),
  ($$select public.layout_workflow('{"nodes": {}}', 'LR')$$, '{edges_invalid,nodes_invalid}'),
  ($$select public.layout_workflow('{"nodes": [5, {"id": ""}, {"id": "a"}, {"id": "a"}], "edges": []}')$$,
    '{node_id_duplicate,node_id_invalid,node_invalid}'),
  ($$select public.layout_workflow('{"nodes": [{"id": "a"}], "edges": []}', 'up')$$, '{direction_unknown}'),
  ($$select public.layout_workflow('[]', null)$$, '{direction_unknown,graph_invalid}')
) as r (statement, codes);
select is(
  tests.refusal($$select public.layout_workflow('{"nodes": [{"id": "a"}, {"id": "a"}], "edges": []}')$$) -> 'detail' -> 0 -> 'path',
  '"$.nodes[1].id"', 'a refusal says where'
);

select tests.act_as_role('service_role');
select is(
  public.layout_workflow('{"nodes": [{"id": "a"}], "edges": []}') -> 'nodes' -> 0 -> 'position', '{"x": 0, "y": 0}', 'a service may ask'
);
select tests.act_as_role('anon');
select throws_ok($$select public.layout_workflow('{"nodes": [], "edges": []}')$$, '42501', null, 'anon can''t reach it');

select tests.act_as_superuser();
select is((select count(*) from public.workflows), 0::bigint, 'nothing is ever written');
select is(
  (select provolatile from pg_proc where oid = 'public.layout_workflow(jsonb,text)'::regprocedure), 's', 'nor could it be'
);

select * from finish();
rollback;
