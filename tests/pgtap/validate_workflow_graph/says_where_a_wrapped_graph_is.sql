-- Editors and exports wrap their graph in something; who sends the whole is told where the graph is.
begin;
select plan(7);

select is(engine.nested_graph('{"reactFlow": {"nodes": [], "edges": []}}'), 'reactFlow', 'one deep');
select is(engine.nested_graph('{"kind": "app", "workflow": {"graph": {"nodes": [], "edges": []}}}'), 'workflow.graph', 'two deep');
select is(
  engine.nested_graph('{"b": {"nodes": [], "edges": []}, "a": {"c": {"nodes": [], "edges": []}}}'), 'b', 'the outermost one'
);
select is(engine.nested_graph('{"a": {"b": {"c": {"d": {"nodes": [], "edges": []}}}}}'), null, 'no deeper than products do');
select is(engine.nested_graph('{"nodes": {"a": {}}, "connections": {"nodes": []}, "states": [{"nodes": [], "edges": []}]}'), null, 'none');
select is(
  (select array_agg(i.value ->> 'message' ~ 'there is a graph under workflow\.graph\.')
    from jsonb_array_elements(engine.graph_issues('{"workflow": {"graph": {"nodes": [], "edges": []}}}', null)) as i),
  '{true,true}', 'both missing lists are said to be there'
);
select is(
  (select array_agg(i.value ->> 'message' ~ 'there is a graph')
    from jsonb_array_elements(engine.graph_issues('{"nodes": 5, "x": {"nodes": []}}', null)) as i),
  '{false,false}', 'and nothing is said of one that is not'
);

select * from finish();
rollback;
