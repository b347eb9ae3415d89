-- Another team's row and a row that never was must look alike.
create or replace function engine.refuse_not_found(p_entity text, p_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform engine.refuse(
    'OB004',
    format('There is no such %s.', replace(p_entity, '_', ' ')),
    jsonb_build_object('entity', p_entity, 'id', p_id),
    'Check the id; it may belong to another team or have been deleted.'
  );
end
$$;
comment on function engine.refuse_not_found(text, uuid) is 'Raises OB004 for an entity that the caller cannot see.';
revoke all on function engine.refuse_not_found(text, uuid) from public;
