-- A new draft, the first of its lineage. Without a graph it has a trigger and nothing else, which is
-- where drawing begins; with one, the graph is validated as in save_workflow.
create or replace function public.create_workflow(
  p_name text,
  p_graph jsonb default null,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
security definer -- writes the workflow tables, which no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'operator');
  v_id uuid := engine.new_id();
  v_issues jsonb := engine.workflow_text_issues(p_name, null);
  v_workflow public.workflows;
  v_answer jsonb;
begin
  if p_graph is not null then
    v_issues := v_issues || engine.graph_issues(p_graph, v_team_id);
  end if;
  perform engine.refuse_issues(v_issues, 'The workflow');
  insert into public.workflows (team_id, id, lineage_id, name)
  values (v_team_id, v_id, v_id, btrim(p_name))
  returning * into v_workflow;
  perform engine.store_graph(v_team_id, v_id, coalesce(
    p_graph,
    '{"nodes": [{"id": "trigger", "type": "trigger", "position": {"x": 0, "y": 0}, "data": {}}], "edges": []}'
  ));
  v_answer := engine.describe_workflow(v_workflow);
  perform engine.keep_revision(v_answer);
  return v_answer || jsonb_build_object('warnings', v_issues);
end
$$;
comment on function public.create_workflow(text, jsonb, uuid) is
'Creates a draft, with a graph {nodes, edges} or with a trigger alone, and returns it like get_workflow, with the warnings '
'of its graph. OB001 lists every problem of name and graph.';
revoke all on function public.create_workflow(text, jsonb, uuid) from public;
grant execute on function public.create_workflow(text, jsonb, uuid) to authenticated, service_role;
