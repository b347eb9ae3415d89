-- A workflow as the RPCs return it.
create or replace function engine.describe_workflow(p_workflow public.workflows)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return to_jsonb(p_workflow) || engine.workflow_graph(p_workflow.team_id, p_workflow.id);
end
$$;
comment on function engine.describe_workflow(public.workflows) is
'All columns of a workflow and its graph: {id, name, status, version, revision, …, nodes, edges}.';
revoke all on function engine.describe_workflow(public.workflows) from public;
