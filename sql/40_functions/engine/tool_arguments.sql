-- What an assistant called its tools with, in all shapes that the provider sends; arguments that come as text are
-- read, and left out where they are no JSON.
create or replace function engine.tool_arguments(p_message jsonb)
returns setof jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_said jsonb;
begin
  -- A loop, because text that is no JSON can only be found out one by one.
  for v_said in
    select coalesce(t.call -> 'parameters', t.call -> 'arguments', t.call -> 'function' -> 'arguments')
    from unnest(array['toolCallList', 'toolCalls']) as k (key)
    cross join lateral jsonb_array_elements(
      case when jsonb_typeof(p_message -> k.key) = 'array' then p_message -> k.key else '[]' end
    ) as t (call)
  loop
    if jsonb_typeof(v_said) = 'string' then
      begin
        v_said := (v_said #>> '{}')::jsonb;
      exception when data_exception then
        continue;
      end;
    end if;
    return next v_said;
  end loop;
end
$$;
comment on function engine.tool_arguments(jsonb) is 'Arguments of the tools in a tool-calls message.';
revoke all on function engine.tool_arguments(jsonb) from public;
