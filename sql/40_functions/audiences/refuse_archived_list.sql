-- What every write to an archived list is told.
create or replace function engine.refuse_archived_list(p_list_id uuid)
returns void
language sql
set search_path = ''
as $$
  select engine.refuse(
    'OB003', 'The list is archived.',
    jsonb_build_object('entity', 'audience_list', 'id', p_list_id, 'status', 'ARCHIVED'), 'Unarchive it first.'
  )
$$;
comment on function engine.refuse_archived_list(uuid) is 'Raises OB003 for an archived list.';
revoke all on function engine.refuse_archived_list(uuid) from public;
