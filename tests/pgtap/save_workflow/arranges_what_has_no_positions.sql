-- A graph that a program wrote has no positions: it is arranged when it is saved, and left alone as soon
-- as somebody has drawn one node.
begin;
select plan(9);
select tests.furnish_workflows();
select tests.act_as('otto@acme.example');

create temp table bare as
select jsonb_set(tests.team_graph(), '{nodes}', (
  select jsonb_agg(n.value - 'position'::text order by n.place)
  from jsonb_array_elements(tests.team_graph() -> 'nodes') with ordinality as n (value, place)
)) as graph;
select tests.draft('Bare', graph) from bare;
select is(
  public.get_workflow(tests.workflow_id('Bare')) -> 'nodes' -> 0 -> 'position',
  public.layout_workflow(graph) -> 'nodes' -> 0 -> 'position', 'what is created without positions is arranged'
) from bare;
select is(
  jsonb_path_query_array(public.get_workflow(tests.workflow_id('Bare')), '$.nodes[*].position'),
  jsonb_path_query_array(public.layout_workflow(graph), '$.nodes[*].position'), 'all of it, as layout_workflow does'
) from bare;

select tests.draft('Drawn');
select is(public.save_workflow(tests.workflow_id('Drawn'), graph, 1) ->> 'revision', '2', 'saved without positions') from bare;
select is(
  jsonb_path_query_array(public.get_workflow(tests.workflow_id('Drawn')), '$.nodes[*].position'),
  jsonb_path_query_array(public.layout_workflow(graph), '$.nodes[*].position'), 'so is what is saved without positions'
) from bare;

select is(
  public.save_workflow(
    tests.workflow_id('Drawn'), jsonb_set(graph, '{nodes,1,position}', '{"x": 7, "y": 8}'), 2
  ) ->> 'revision', '3', 'saved with one'
) from bare;
select is(
  jsonb_path_query_array(public.get_workflow(tests.workflow_id('Drawn')), '$.nodes[*].position') -> 1, '{"x": 7, "y": 8}',
  'a position that somebody chose stays'
);
select is(
  jsonb_path_query_array(public.get_workflow(tests.workflow_id('Drawn')), '$.nodes[*].position') -> 2, '{"x": 0, "y": 0}',
  'and the others are not guessed'
);
select is(
  public.save_workflow(
    tests.workflow_id('Drawn'), jsonb_set(jsonb_set(graph, '{nodes,1,position}', 'null'), '{nodes,0,position}', 'null'), 3
  ) ->> 'revision', '4', 'saved with nulls'
) from bare;
select is(
  jsonb_path_query_array(public.get_workflow(tests.workflow_id('Drawn')), '$.nodes[*].position'),
  jsonb_path_query_array(public.layout_workflow(graph), '$.nodes[*].position'), 'null is no position'
) from bare;

select * from finish();
rollback;
