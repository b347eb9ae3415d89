-- Emptying a table fires no trigger for its rows, so it has one of its own.
create or replace function engine.guard_truncate()
returns trigger
language plpgsql
security definer -- whoever writes, and whatever that role may read
set search_path = ''
as $$
declare
  v_workflow public.workflows;
begin
  select w.* into v_workflow from public.workflows as w where w.status <> 'DRAFT' limit 1;
  if v_workflow.id is not null then
    perform engine.refuse_immutable('workflow', v_workflow.id::text, v_workflow.status);
  end if;
  return null;
end
$$;
comment on function engine.guard_truncate() is 'Raises OB003 while there is a workflow that is not a draft.';
revoke all on function engine.guard_truncate() from public;
