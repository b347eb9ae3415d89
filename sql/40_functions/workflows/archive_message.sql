-- What archiving a workflow does, in words and numbers, for the dialog before it and the notice after.
create or replace function engine.archive_message(p_workflow public.workflows, p_dry_run boolean)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_waiting bigint;
  v_over bigint;
begin
  select count(*) filter (where c.status = 'CREATED'), count(*) filter (where c.status in ('COMPLETED', 'CANCELLED'))
  into v_waiting, v_over
  from public.campaigns as c
  where c.team_id = p_workflow.team_id and c.workflow_id = p_workflow.id;
  return concat_ws(
    ' ',
    format(
      '%s of "%s" %s archived: no campaign can start with it any more.',
      coalesce('Version ' || p_workflow.version, 'The draft'), p_workflow.name,
      case when p_dry_run then 'would be' else 'is' end
    ),
    case when v_waiting > 0 then format('Created with it, and not to be launched: %s.', v_waiting) end,
    case when v_over > 0 then format('Ended campaigns that keep their history: %s.', v_over) end
  );
end
$$;
comment on function engine.archive_message(public.workflows, boolean) is
'A sentence or two on what archiving a workflow does, or would do.';
revoke all on function engine.archive_message(public.workflows, boolean) from public;
