-- Names of the tools that an assistant called, in all shapes that the provider sends.
create or replace function engine.tool_names(p_message jsonb)
returns text[]
language sql
immutable
parallel safe
set search_path = ''
as $$
  select array(
    select lower(coalesce(t.call ->> 'name', t.call -> 'function' ->> 'name', ''))
    from unnest(array['toolCallList', 'toolCalls', 'toolWithToolCallList']) as k (key)
    cross join lateral jsonb_array_elements(
      case when jsonb_typeof(p_message -> k.key) = 'array' then p_message -> k.key else '[]' end
    ) as t (call)
  )
$$;
comment on function engine.tool_names(jsonb) is 'Lower-case names of the tools in a tool-calls message.';
revoke all on function engine.tool_names(jsonb) from public;
