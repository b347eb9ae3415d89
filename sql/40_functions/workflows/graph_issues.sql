-- Everything that is wrong with a graph, in one pass: nodes and edges are read once into narrow
-- arrays, each check looks at all of them at once, and the registry puts what they found into words.
-- The lists of JSON elements go along and are scanned where a check needs a field: scanning a list
-- costs a fraction of copying its elements. Whatever is sent, the answer is a list; what can't be read
-- is an issue like any other.
create or replace function engine.graph_issues(p_graph jsonb, p_team_id uuid)
returns jsonb
language plpgsql
stable
-- Joins and groups of arrays, whose length the planner can't know: only hashes keep them linear. The
-- cost that this adds on paper must not start the JIT compiler, nor a new plan for each graph; and a
-- big graph must not go to disk between two checks.
set search_path = ''
set enable_nestloop = off
set enable_sort = off
set jit = off
set plan_cache_mode = force_generic_plan
set work_mem = '64MB'
as $$
declare
  v_node_list jsonb := p_graph -> 'nodes';
  v_edge_list jsonb := p_graph -> 'edges';
  v_has_nodes boolean := coalesce(jsonb_typeof(v_node_list) = 'array', false);
  v_has_edges boolean := coalesce(jsonb_typeof(v_edge_list) = 'array', false);
  v_nodes engine.graph_node[] := engine.graph_nodes(p_graph, false);
  v_edges engine.graph_edge[] := engine.graph_edges(p_graph, v_nodes, false);
  v_issues engine.graph_issue[];
begin
  v_issues := array(select i from engine.graph_form_issues(p_graph, v_has_nodes, v_has_edges) as i);
  v_node_list := case when v_has_nodes then v_node_list else '[]' end;
  v_edge_list := case when v_has_edges then v_edge_list else '[]' end;
  v_issues := v_issues || array(
    select i from engine.node_form_issues(v_node_list, v_nodes) as i
    union all
    select i from engine.node_content_issues(v_node_list, v_nodes, p_team_id) as i
    union all
    select i from engine.template_issues(v_node_list, v_nodes) as i
    union all
    select i from engine.override_issues(v_node_list, v_nodes) as i
    union all
    select i from engine.node_setting_issues(v_node_list, v_nodes) as i
    union all
    select i from engine.reply_window_issues(v_node_list, v_edges) as i
    union all
    select i from engine.edge_form_issues(v_edge_list, v_edges) as i
    union all
    select i from engine.edge_rule_issues(v_edge_list, v_edges) as i
    union all
    select i from engine.phrase_issues(v_edge_list, v_edges) as i
    union all
    select i from engine.edge_overlap_issues(v_edges) as i
    union all
    select i from engine.fallback_issues(v_node_list, v_edges) as i
    union all
    select i from engine.trigger_issues(v_node_list, v_nodes, v_edges) as i
    where v_has_nodes -- else there is nothing that could have one
    union all
    select i from engine.structure_issues(v_nodes, v_edges) as i
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
