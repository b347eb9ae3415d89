-- The whole graph of a draft at once, all or nothing. The caller says at which revision it was read:
-- of two people who save at the same time one is told to look again, instead of losing the other's work.
create or replace function public.save_workflow(
  p_workflow_id uuid,
  p_graph jsonb,
  p_revision integer,
  p_name text default null
)
returns jsonb
language plpgsql
security definer -- writes the workflow tables, which no role may write
set search_path = ''
as $$
declare
  v_workflow public.workflows := engine.lock_workflow(p_workflow_id);
  v_issues jsonb;
  v_answer jsonb;
begin
  if v_workflow.status <> 'DRAFT' then
    perform engine.refuse(
      'OB003',
      format('This workflow is %s, so it does not change any more.', lower(v_workflow.status::text)),
      jsonb_build_object('entity', 'workflow', 'id', v_workflow.id, 'status', v_workflow.status),
      'Make a new version: clone it to a draft and save that.'
    );
  end if;
  if p_revision is distinct from v_workflow.revision then
    perform engine.refuse_stale_revision(v_workflow, p_revision);
  end if;
  v_issues := engine.workflow_text_issues(coalesce(p_name, v_workflow.name), null)
    || engine.graph_issues(p_graph, v_workflow.team_id);
  perform engine.refuse_issues(v_issues, 'The workflow');
  perform engine.store_graph(v_workflow.team_id, v_workflow.id, p_graph);
  update public.workflows as w
  set revision = w.revision + 1, name = coalesce(btrim(p_name), w.name), updated_at = engine.now()
  where w.team_id = v_workflow.team_id and w.id = v_workflow.id
  returning w.* into v_workflow;
  v_answer := engine.describe_workflow(v_workflow);
  perform engine.keep_revision(v_answer);
  return v_answer || jsonb_build_object('warnings', v_issues);
end
$$;
comment on function public.save_workflow(uuid, jsonb, integer, text) is
'Replaces the graph of a draft, read at p_revision, and returns it like get_workflow, with its warnings: OB001 lists every '
'problem, OB003 when it is no draft, OB006 when it was saved since, with what changed.';
revoke all on function public.save_workflow(uuid, jsonb, integer, text) from public;
grant execute on function public.save_workflow(uuid, jsonb, integer, text) to authenticated, service_role;
