-- Nodes and edges share the life of their workflow: only those of a draft can be written. Their
-- status changes in one way alone, by the cascade of the foreign key when the workflow's does: at
-- that moment the workflow has the new status already, and at no other it differs from theirs. So
-- there is no switch to pass this guard by. The trigger node of a draft stays too, and no row moves
-- from one workflow to another.
create or replace function engine.guard_graph_row()
returns trigger
language plpgsql
security definer -- whoever writes, and whatever that role may read
set search_path = ''
as $$
declare
  v_row jsonb := to_jsonb(case when tg_op = 'INSERT' then new else old end);
  v_status public.workflow_status;
  v_is_refused boolean;
begin
  select max(w.status) into v_status
  from public.workflows as w
  where w.team_id = (v_row ->> 'team_id')::uuid
    and w.id in ((v_row ->> 'workflow_id')::uuid, (coalesce(to_jsonb(new), v_row) ->> 'workflow_id')::uuid);
  -- Without a workflow: it is being deleted, and its rows with it; or the foreign key will refuse.
  if v_status is null then
    return case when tg_op = 'DELETE' then old else new end;
  end if;
  v_is_refused := case tg_op
    when 'INSERT' then v_status <> 'DRAFT' or new.status <> 'DRAFT'
    when 'UPDATE' then old.status = new.status or new.status <> v_status
      or to_jsonb(old) - 'status' <> to_jsonb(new) - 'status'
    -- Of a draft only the trigger comes here; updates too come here only when they may be wrong.
    else true
  end;
  if v_is_refused then
    perform engine.refuse_immutable(tg_argv[0], v_row ->> 'id', v_status);
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;
comment on function engine.guard_graph_row() is
'Raises OB003 for writes to nodes and edges of a workflow that is not a draft, for removing a trigger node, and for moving '
'rows to another workflow.';
revoke all on function engine.guard_graph_row() from public;
