-- The refusal of everything that would change a row whose status does not allow it any more.
create or replace function engine.refuse_immutable(p_entity text, p_id text, p_status public.workflow_status)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform engine.refuse(
    'OB003',
    case
      when p_status = 'DRAFT' then 'The trigger of a workflow can''t be deleted or changed to another kind, nor anything moved to another workflow.'
      else format('This %s is %s, so it does not change any more.', replace(p_entity, '_', ' '), lower(p_status::text))
    end,
    jsonb_build_object('entity', p_entity, 'id', p_id, 'status', p_status),
    case when p_status <> 'DRAFT' then 'Make a new version: clone the workflow to a draft and change that.' else '' end
  );
end
$$;
comment on function engine.refuse_immutable(text, text, public.workflow_status) is
'Raises OB003 for a workflow, or one of its nodes or edges, that does not change any more.';
revoke all on function engine.refuse_immutable(text, text, public.workflow_status) from public;
