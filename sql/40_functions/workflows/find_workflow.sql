-- A workflow of the caller's teams, as the caller's statement sees it.
create or replace function engine.find_workflow(p_workflow_id uuid, p_needs public.team_role)
returns public.workflows
language plpgsql
stable
set search_path = ''
as $$
declare
  v_workflow public.workflows;
begin
  select w.* into v_workflow
  from public.workflows as w
  where w.id = p_workflow_id and w.team_id = any(engine.caller_team_ids());
  perform engine.require_row(v_workflow.team_id, 'workflow', p_workflow_id, p_needs);
  return v_workflow;
end
$$;
comment on function engine.find_workflow(uuid, public.team_role) is
'A workflow of the caller''s teams: OB004 when there is none, OB008 when the role is too low.';
revoke all on function engine.find_workflow(uuid, public.team_role) from public;
