-- Reads the edges of a graph against its nodes, whatever they are: what can't be used becomes null
-- here and is told by the checks. Of two nodes with one id the first is meant. The rule of an edge
-- out of the trigger may be left out, because there is only one.
create or replace function engine.graph_edges(p_graph jsonb, p_nodes engine.graph_node[])
returns engine.graph_edge[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  if jsonb_typeof(p_graph -> 'edges') is distinct from 'array' then
    return '{}'::engine.graph_edge[];
  end if;
  return (
    with nodes as materialized (
      select distinct on (n.id) n.id, n.node_no, n.type
      from unnest(p_nodes) as n
      where n.id is not null
      order by n.id, n.node_no
    ),

    edges as materialized (
      select
        e.element,
        e.edge_no - 1 as edge_no,
        case when jsonb_typeof(e.element -> 'data') = 'object' then e.element -> 'data' else '{}' end as data,
        case when jsonb_typeof(e.element -> 'source') = 'string' then e.element ->> 'source' end as source,
        case when jsonb_typeof(e.element -> 'target') = 'string' then e.element ->> 'target' end as target
      from jsonb_array_elements(p_graph -> 'edges') with ordinality as e (element, edge_no)
    )

    select coalesce(array_agg((
      e.edge_no,
      case when jsonb_typeof(e.element -> 'id') = 'string' and length(e.element ->> 'id') between 1 and 200
          then e.element ->> 'id' end,
      s.node_no,
      t.node_no,
      s.type,
      case
        when jsonb_typeof(e.data -> 'when') = 'string' then left(e.data ->> 'when', 100)
        when coalesce(e.data -> 'when', 'null') = 'null' and s.type = 'trigger' then 'any'
      end,
      case
        when coalesce(e.data -> 'priority', 'null') = 'null' then 1
        when jsonb_typeof(e.data -> 'priority') = 'number' and e.data ->> 'priority' ~ '^([0-9]{1,4}|10000)$'
          then (e.data ->> 'priority')::integer
      end,
      e.element,
      e.data
    )::engine.graph_edge order by e.edge_no), '{}')
    from edges as e
    left join nodes as s on e.source = s.id
    left join nodes as t on e.target = t.id
  );
end
$$;
comment on function engine.graph_edges(jsonb, engine.graph_node[]) is
'The edges of a graph in order, their ends resolved; none when there is no list of them.';
revoke all on function engine.graph_edges(jsonb, engine.graph_node[]) from public;
