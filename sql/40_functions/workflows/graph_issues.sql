-- Everything that is wrong with a graph, in one pass: the graph is read once into arrays, each check
-- looks at all of it at once, and the registry puts what they found into words. Whatever is sent, the
-- answer is a list; what can't be read is an issue like any other.
create or replace function engine.graph_issues(p_graph jsonb, p_team_id uuid)
returns jsonb
language plpgsql
stable
-- Joins between arrays, whose length the planner can't know: only hashes keep them linear. The cost
-- that this adds on paper must not start the JIT compiler, nor a new plan for each graph.
set search_path = ''
set enable_nestloop = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_nodes engine.graph_node[] := engine.graph_nodes(p_graph);
  v_edges engine.graph_edge[] := engine.graph_edges(p_graph, v_nodes);
  v_issues engine.graph_issue[];
begin
  v_issues := array(
    select i from engine.graph_form_issues(p_graph) as i
    union all
    select i from engine.node_form_issues(v_nodes) as i
    union all
    select i from engine.node_content_issues(v_nodes, p_team_id) as i
    union all
    select i from engine.template_issues(v_nodes) as i
    union all
    select i from engine.override_issues(v_nodes) as i
    union all
    select i from engine.node_setting_issues(v_nodes, v_edges) as i
    union all
    select i from engine.edge_form_issues(v_edges) as i
    union all
    select i from engine.edge_rule_issues(v_edges) as i
    union all
    select i from engine.edge_overlap_issues(v_edges) as i
    union all
    select i from engine.fallback_issues(v_nodes, v_edges) as i
    union all
    select i from engine.structure_issues(v_nodes, v_edges) as i
    -- Without a list of nodes there is no shape to speak of.
    where jsonb_typeof(p_graph -> 'nodes') = 'array'
  );
  if v_issues = '{}' then
    return '[]'::jsonb;
  end if;
  return engine.word_issues(v_issues, v_nodes, v_edges);
end
$$;
comment on function engine.graph_issues(jsonb, uuid) is
'All problems of a graph as [{code, severity, path, message, node_id?, edge_id?, node_ids?}], errors first. Reads the '
'assistants of the team; writes nothing.';
revoke all on function engine.graph_issues(jsonb, uuid) from public;
