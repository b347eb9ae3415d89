-- Looks at a graph without saving it, so that an editor can mark problems while a person draws. Any
-- member may ask; the team is the one whose assistants count.
create or replace function public.validate_workflow_graph(p_graph jsonb, p_team_id uuid default null)
returns jsonb
language plpgsql
stable
security definer -- reads the team's assistants and the registry of codes
set search_path = ''
as $$
begin
  return engine.graph_issues(p_graph, engine.require_team(p_team_id, 'viewer'));
end
$$;
comment on function public.validate_workflow_graph(jsonb, uuid) is
'All problems of a graph {nodes, edges} at once: [{code, severity, path, message, node_id?, edge_id?, node_ids?}], errors '
'before warnings; [] when it is in order. Writes nothing.';
revoke all on function public.validate_workflow_graph(jsonb, uuid) from public;
grant execute on function public.validate_workflow_graph(jsonb, uuid) to authenticated, service_role;
