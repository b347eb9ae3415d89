-- From here on the workflow never changes. It is validated once more, because assistants may have
-- been switched off since it was saved. The one update carries the status to nodes and edges.
create or replace function public.publish_workflow(p_workflow_id uuid, p_note text default null)
returns jsonb
language plpgsql
security definer -- writes the workflow tables, which no role may write
set search_path = ''
as $$
declare
  v_workflow public.workflows := engine.find_workflow(p_workflow_id, 'operator');
  v_issues jsonb;
begin
  -- All drafts of the lineage, in one order, before this one is looked at: two that are published at
  -- once get two numbers. Not its versions, which launches hold for as long as they enroll.
  perform from public.workflows as w
  where w.team_id = v_workflow.team_id and w.lineage_id = v_workflow.lineage_id and w.status = 'DRAFT'
  order by w.id
  for no key update;
  v_workflow := engine.lock_workflow(p_workflow_id);
  if v_workflow.status <> 'DRAFT' then
    perform engine.refuse(
      'OB002',
      format('Only a draft can be published; this workflow is %s.', lower(v_workflow.status::text)),
      jsonb_build_object(
        'entity', 'workflow', 'id', v_workflow.id, 'from', v_workflow.status, 'to', 'PUBLISHED',
        'allowed', engine.legal_steps('workflow', v_workflow.status::text)
      ),
      'Make a new version: clone it to a draft and publish that.'
    );
  end if;
  perform engine.freeze_messages(v_workflow.team_id, v_workflow.id);
  v_issues := engine.workflow_text_issues(v_workflow.name, p_note)
    || engine.graph_issues(engine.workflow_graph(v_workflow.team_id, v_workflow.id), v_workflow.team_id);
  perform engine.refuse_issues(v_issues, 'The workflow');
  update public.workflows as w
  set
    status = 'PUBLISHED', note = nullif(btrim(p_note), ''), published_at = engine.now(), updated_at = engine.now(),
    version = (
      select coalesce(max(v.version), 0) + 1
      from public.workflows as v
      where v.team_id = w.team_id and v.lineage_id = w.lineage_id
    )
  where w.team_id = v_workflow.team_id and w.id = v_workflow.id
  returning w.* into v_workflow;
  return engine.describe_workflow(v_workflow) || jsonb_build_object('warnings', v_issues);
end
$$;
comment on function public.publish_workflow(uuid, text) is
'Publishes a draft as the next version of its lineage and returns it like get_workflow, with its warnings: OB001 lists every '
'problem, OB002 when it is no draft.';
revoke all on function public.publish_workflow(uuid, text) from public;
grant execute on function public.publish_workflow(uuid, text) to authenticated, service_role;
