-- Whether a definition is fulfilled by somebody for whom just these conditions hold. Asked once for each
-- set of conditions that occurs, never for each customer. It calls itself, so it is plpgsql.
create or replace function engine.definition_holds(p_path text, p_node jsonb, p_true text[])
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
  if p_node ? 'not' then
    return not engine.definition_holds(p_path || '.not', p_node -> 'not', p_true);
  elsif p_node ? 'all' then
    return (
      select bool_and(engine.definition_holds(format('%s.all[%s]', p_path, i.place - 1), i.node, p_true))
      from jsonb_array_elements(p_node -> 'all') with ordinality as i (node, place)
    );
  elsif p_node ? 'any' then
    return (
      select bool_or(engine.definition_holds(format('%s.any[%s]', p_path, i.place - 1), i.node, p_true))
      from jsonb_array_elements(p_node -> 'any') with ordinality as i (node, place)
    );
  end if;
  return (select format('%s.%s', p_path, k.kind) = any(p_true) from jsonb_object_keys(p_node) as k (kind));
end
$$;
comment on function engine.definition_holds(text, jsonb, text[]) is
'Whether a group or condition is fulfilled when the conditions with the paths p_true are, and no others.';
revoke all on function engine.definition_holds(text, jsonb, text[]) from public;
