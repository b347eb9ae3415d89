-- A workflow with its graph, ready for React Flow.
create or replace function public.get_workflow(p_workflow_id uuid)
returns jsonb
language plpgsql
stable -- row and graph are read as of one moment
security definer -- one answer for rows of another team and rows that never were
set search_path = ''
as $$
begin
  return engine.describe_workflow(engine.find_workflow(p_workflow_id, 'viewer'));
end
$$;
comment on function public.get_workflow(uuid) is
'A workflow as {id, name, status, version, revision, note, …, nodes, edges}; nodes and edges in React Flow''s shape. OB004 '
'when there is none.';
revoke all on function public.get_workflow(uuid) from public;
grant execute on function public.get_workflow(uuid) to authenticated, service_role;
