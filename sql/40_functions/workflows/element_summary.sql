-- A node or an edge as comparisons name it.
create or replace function engine.element_summary(p_kind text, p_element jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case p_kind
    when 'node' then jsonb_build_object(
      'id', p_element -> 'id', 'type', p_element -> 'type', 'label', p_element -> 'data' -> 'label'
    )
    else jsonb_build_object(
      'id', p_element -> 'id', 'source', p_element -> 'source', 'target', p_element -> 'target',
      'when', p_element -> 'data' -> 'when', 'label', p_element -> 'data' -> 'label'
    )
  end;
end
$$;
comment on function engine.element_summary(text, jsonb) is
'A node as {id, type, label}, an edge as {id, source, target, when, label}.';
revoke all on function engine.element_summary(text, jsonb) from public;
