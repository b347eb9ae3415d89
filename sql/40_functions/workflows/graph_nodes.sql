-- Reads the nodes of a graph, whatever they are: what can't be used becomes null here and is told by
-- the checks. Validation leaves the elements out and reads them from the list when it looks at them:
-- an array of many kilobytes of JSON would be copied by each check.
create or replace function engine.graph_nodes(p_graph jsonb, p_with_elements boolean default true)
returns engine.graph_node[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_list jsonb := p_graph -> 'nodes';
begin
  if jsonb_typeof(v_list) is distinct from 'array' then
    return '{}'::engine.graph_node[];
  end if;
  return array(
    select (
      n.place - 1,
      case when jsonb_typeof(n.element -> 'id') = 'string' and length(n.element ->> 'id') between 1 and 200
          then n.element ->> 'id' end,
      case n.element -> 'type'
        when '"trigger"' then 'trigger'::public.node_type
        when '"call"' then 'call'
        when '"text"' then 'text'
      end,
      case when p_with_elements then n.element end,
      case when not p_with_elements then null when jsonb_typeof(n.element -> 'data') = 'object' then n.element -> 'data'
        else '{}' end
    )::engine.graph_node
    from jsonb_array_elements(v_list) with ordinality as n (element, place)
    order by n.place
  );
end
$$;
comment on function engine.graph_nodes(jsonb, boolean) is
'The nodes of a graph in order, without their JSON where that is not wanted; none when there is no list of them.';
revoke all on function engine.graph_nodes(jsonb, boolean) from public;
