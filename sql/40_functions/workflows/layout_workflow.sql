-- Arranges a graph that comes without positions, or whose drawing got out of hand. It may be unfinished
-- and wrong in every way but one: its nodes must be there and be told apart. Writes and reads nothing,
-- so whoever is signed in may ask.
create or replace function public.layout_workflow(p_graph jsonb, p_direction text default 'LR')
returns jsonb
language plpgsql
stable
security definer -- the helpers and the registry of codes are not for callers
set search_path = ''
as $$
declare
  v_nodes engine.graph_node[] := engine.graph_nodes(p_graph);
  v_issues jsonb := coalesce(engine.word_issues(
    array(
      select i from engine.graph_form_issues(
        p_graph,
        coalesce(jsonb_typeof(p_graph -> 'nodes') = 'array', false),
        coalesce(jsonb_typeof(p_graph -> 'edges') = 'array', false)
      ) as i
      union all
      select i from engine.node_form_issues(p_graph -> 'nodes', v_nodes) as i
      where jsonb_typeof(p_graph -> 'nodes') = 'array' and i.code in ('node_invalid', 'node_id_invalid', 'node_id_duplicate')
    ),
    v_nodes, '{}'
  ), '[]');
begin
  if p_direction is null or p_direction not in ('LR', 'TB') then
    v_issues := v_issues || engine.issue(
      'direction_unknown', 'p_direction', 'The direction must be LR (left to right) or TB (top to bottom).'
    );
  end if;
  perform engine.refuse_issues(v_issues, 'The graph');
  return engine.arrange_graph(p_graph, v_nodes, p_direction = 'TB');
end
$$;
comment on function public.layout_workflow(jsonb, text) is
'The same graph {nodes, edges} with a position for every node: in layers, from left to right (LR) or from top to bottom (TB), '
'no two overlapping. OB001 lists what keeps it from being drawn.';
revoke all on function public.layout_workflow(jsonb, text) from public;
grant execute on function public.layout_workflow(jsonb, text) to authenticated, service_role;
