-- Reads the nodes of a graph, whatever they are: what can't be used becomes null here and is told by
-- the checks.
create or replace function engine.graph_nodes(p_graph jsonb)
returns engine.graph_node[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  if jsonb_typeof(p_graph -> 'nodes') is distinct from 'array' then
    return '{}'::engine.graph_node[];
  end if;
  return (
    select coalesce(array_agg((
      n.node_no - 1,
      case when jsonb_typeof(n.element -> 'id') = 'string' and length(n.element ->> 'id') between 1 and 200
          then n.element ->> 'id' end,
      case n.element -> 'type'
        when '"trigger"' then 'trigger'::public.node_type
        when '"call"' then 'call'
        when '"text"' then 'text'
      end,
      n.element,
      case when jsonb_typeof(n.element -> 'data') = 'object' then n.element -> 'data' else '{}' end
    )::engine.graph_node order by n.node_no), '{}')
    from jsonb_array_elements(p_graph -> 'nodes') with ordinality as n (element, node_no)
  );
end
$$;
comment on function engine.graph_nodes(jsonb) is 'The nodes of a graph in order; none when there is no list of them.';
revoke all on function engine.graph_nodes(jsonb) from public;
