-- A workflow in a word, where another answer is about it.
create or replace function engine.workflow_summary(p_workflow public.workflows)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'id', p_workflow.id, 'name', p_workflow.name, 'status', p_workflow.status, 'version', p_workflow.version,
    'revision', p_workflow.revision
  );
end
$$;
comment on function engine.workflow_summary(public.workflows) is 'A workflow as {id, name, status, version, revision}.';
revoke all on function engine.workflow_summary(public.workflows) from public;
