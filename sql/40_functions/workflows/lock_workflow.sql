-- A workflow that is about to change. The role is checked before the lock is taken, so that who may
-- only read can't make writers wait; the row is read again under the lock.
create or replace function engine.lock_workflow(p_workflow_id uuid)
returns public.workflows
language plpgsql
set search_path = ''
as $$
declare
  v_workflow public.workflows := engine.find_workflow(p_workflow_id, 'operator');
begin
  select w.* into v_workflow
  from public.workflows as w
  where w.team_id = v_workflow.team_id and w.id = p_workflow_id
  for no key update;
  if v_workflow.id is null then
    perform engine.refuse_not_found('workflow', p_workflow_id);
  end if;
  return v_workflow;
end
$$;
comment on function engine.lock_workflow(uuid) is 'A workflow that the caller may change, locked against other writers.';
revoke all on function engine.lock_workflow(uuid) from public;
