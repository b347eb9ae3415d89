-- Two versions side by side, or any two workflows of a team: both are read as of one moment.
create or replace function public.compare_workflows(p_from_id uuid, p_to_id uuid)
returns jsonb
language plpgsql
stable
security definer -- one answer for rows of another team and rows that never were
set search_path = ''
as $$
declare
  v_from public.workflows := engine.find_workflow(p_from_id, 'viewer');
  v_to public.workflows := engine.find_workflow(p_to_id, 'viewer');
  v_changes jsonb;
begin
  if v_from.team_id <> v_to.team_id then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'teams_differ', 'p_to_id', 'The two workflows belong to different teams; compare workflows of one.'
    )), 'The request');
  end if;
  v_changes := engine.compare_graphs(
    engine.workflow_graph(v_from.team_id, v_from.id), engine.workflow_graph(v_to.team_id, v_to.id)
  );
  return v_changes || jsonb_build_object(
    'from', engine.workflow_summary(v_from),
    'to', engine.workflow_summary(v_to),
    'equal', not jsonb_path_exists(v_changes, '$.*.*[*]')
  );
end
$$;
comment on function public.compare_workflows(uuid, uuid) is
'What is different in the second workflow: {from, to, equal, nodes: {added, removed, changed, moved}, edges: {added, removed, '
'changed}}; changed ones list their fields as [{field, from, to}]. Writes nothing.';
revoke all on function public.compare_workflows(uuid, uuid) from public;
grant execute on function public.compare_workflows(uuid, uuid) to authenticated, service_role;
