-- What a campaign runs, or is about to run, can't be taken from under it.
create or replace function engine.refuse_running_workflow(p_workflow public.workflows)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_used_by jsonb;
begin
  select jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'status', c.status) order by c.name, c.id)
  into v_used_by
  from public.campaigns as c
  where c.team_id = p_workflow.team_id and c.workflow_id = p_workflow.id
    and c.status in ('SCHEDULED', 'ACTIVE', 'PAUSED');
  if v_used_by is not null then
    perform engine.refuse(
      'OB005',
      case jsonb_array_length(v_used_by)
        when 1 then format('The campaign "%s" runs this workflow.', v_used_by -> 0 ->> 'name')
        else format('%s campaigns run this workflow, "%s" among them.', jsonb_array_length(v_used_by), v_used_by -> 0 ->> 'name')
      end,
      jsonb_build_object('entity', 'workflow', 'id', p_workflow.id, 'used_by', v_used_by),
      'Wait until they are completed, or unschedule or cancel them.'
    );
  end if;
end
$$;
comment on function engine.refuse_running_workflow(public.workflows) is
'Raises OB005 while a SCHEDULED, ACTIVE or PAUSED campaign runs the workflow; used_by is [{id, name, status}].';
revoke all on function engine.refuse_running_workflow(public.workflows) from public;
