-- The end of a workflow: nothing starts with it any more. What campaigns did with it stays. The
-- campaigns are looked at under the lock on the workflow, which every launch takes too (shared): one of
-- the two comes first, and the other sees it. The one update carries the status to nodes and edges.
create or replace function public.archive_workflow(p_workflow_id uuid, p_dry_run boolean default false)
returns jsonb
language plpgsql
security definer -- writes the workflow tables, which no role may write
set search_path = ''
as $$
declare
  v_workflow public.workflows;
  v_from public.workflow_status;
  v_message text;
begin
  if p_dry_run then
    v_workflow := engine.find_workflow(p_workflow_id, 'operator');
  else
    v_workflow := engine.lock_workflow(p_workflow_id);
  end if;
  if v_workflow.status = 'ARCHIVED' then
    perform engine.refuse(
      'OB002',
      'This workflow is archived already.',
      jsonb_build_object(
        'entity', 'workflow', 'id', v_workflow.id, 'from', v_workflow.status, 'to', 'ARCHIVED',
        'allowed', engine.legal_steps('workflow', v_workflow.status::text)
      ),
      'To work on with it, clone it to a draft.'
    );
  end if;
  perform engine.refuse_while_used(v_workflow.team_id, 'workflow', p_workflow_id);
  v_from := v_workflow.status;
  v_message := engine.archive_message(v_workflow, coalesce(p_dry_run, false));
  if not coalesce(p_dry_run, false) then
    update public.workflows as w
    set status = 'ARCHIVED', archived_at = engine.now(), updated_at = engine.now()
    where w.team_id = v_workflow.team_id and w.id = v_workflow.id
    returning w.* into v_workflow;
  end if;
  return engine.describe_workflow(v_workflow) || jsonb_build_object(
    'from', v_from, 'to', 'ARCHIVED', 'dry_run', coalesce(p_dry_run, false), 'message', v_message
  );
end
$$;
comment on function public.archive_workflow(uuid, boolean) is
'Archives a draft or a published workflow and returns it like get_workflow, with {from, to, dry_run, message}: OB002 when it '
'is archived, OB005 with used_by[{entity, id, name, status}] while campaigns run it. With p_dry_run nothing changes.';
revoke all on function public.archive_workflow(uuid, boolean) from public;
grant execute on function public.archive_workflow(uuid, boolean) to authenticated, service_role;
