-- Reads the edges of a graph against its nodes, whatever they are: what can't be used becomes null
-- here and is told by the checks. Of two nodes with one id the first is meant. The rule of an edge
-- out of the trigger may be left out, because there is only one. As engine.graph_nodes does, it
-- leaves the elements out where they are not wanted.
create or replace function engine.graph_edges(
  p_graph jsonb,
  p_nodes engine.graph_node[],
  p_with_elements boolean default true
)
returns engine.graph_edge[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_list jsonb := p_graph -> 'edges';
begin
  if jsonb_typeof(v_list) is distinct from 'array' then
    return '{}'::engine.graph_edge[];
  end if;
  return array(
    with nodes as materialized (
      select distinct on (n.id collate "C") n.id, n.node_no, n.type
      from unnest(p_nodes) as n
      where n.id is not null
      order by n.id collate "C", n.node_no
    ),

    edges as materialized (
      select
        e.element, (e.place - 1)::integer as edge_no,
        case when jsonb_typeof(e.element -> 'id') = 'string' then e.element ->> 'id' end as id,
        case when jsonb_typeof(e.element -> 'source') = 'string' then e.element ->> 'source' end as source,
        case when jsonb_typeof(e.element -> 'target') = 'string' then e.element ->> 'target' end as target,
        nullif(e.element -> 'data' -> 'when', 'null') as rule,
        nullif(e.element -> 'data' -> 'priority', 'null') as priority
      from jsonb_array_elements(v_list) with ordinality as e (element, place)
    )

    select (
      e.edge_no,
      case when length(e.id) between 1 and 200 then e.id end,
      s.node_no,
      t.node_no,
      s.type,
      case
        when jsonb_typeof(e.rule) = 'string' then left(e.rule #>> '{}', 100)
        when e.rule is null and s.type = 'trigger' then 'any'
      end,
      case
        when e.priority is null then 1
        when e.priority between '0' and '10000' and scale(e.priority::numeric) = 0 then e.priority::integer
      end,
      case when p_with_elements then e.element end,
      case when not p_with_elements then null when jsonb_typeof(e.element -> 'data') = 'object' then e.element -> 'data'
        else '{}' end
    )::engine.graph_edge
    from edges as e
    left join nodes as s on e.source = s.id
    left join nodes as t on e.target = t.id
    order by e.edge_no
  );
end
$$;
comment on function engine.graph_edges(jsonb, engine.graph_node[], boolean) is
'The edges of a graph in order, their ends resolved, without their JSON where that is not wanted; none when there is no '
'list of them.';
revoke all on function engine.graph_edges(jsonb, engine.graph_node[], boolean) from public;
