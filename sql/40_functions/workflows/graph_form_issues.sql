-- The graph as a whole: is it one? The caller has looked whether the two lists are lists.
create or replace function engine.graph_form_issues(p_graph jsonb, p_has_nodes boolean, p_has_edges boolean)
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_elsewhere text;
begin
  if p_has_nodes and p_has_edges then
    return;
  end if;
  -- Editors and exports wrap their graph in something; who sends the whole is told what to send.
  v_elsewhere := coalesce('; there is a graph under ' || engine.nested_graph(p_graph), '');
  return query
  select c.code, null::integer, null::integer, c.path, array[engine.show_value(c.value) || v_elsewhere], null::integer, null::integer[]
  from (
    values
    ('graph_invalid', '', p_graph, coalesce(jsonb_typeof(p_graph), 'missing') <> 'object'),
    ('nodes_invalid', '.nodes', p_graph -> 'nodes', jsonb_typeof(p_graph) = 'object' and not p_has_nodes),
    ('edges_invalid', '.edges', p_graph -> 'edges', jsonb_typeof(p_graph) = 'object' and not p_has_edges)
  ) as c (code, path, value, is_broken)
  where c.is_broken;
end
$$;
comment on function engine.graph_form_issues(jsonb, boolean, boolean) is 'What keeps a JSON value from being a graph at all.';
revoke all on function engine.graph_form_issues(jsonb, boolean, boolean) from public;
