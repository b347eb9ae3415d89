-- Which nodes hang together, whichever way the edges point. The part with the trigger is the first, the
-- others follow as in the graph.
create or replace function engine.part_numbers(
  p_nodes engine.graph_node[],
  p_order integer[],
  p_sources integer[],
  p_targets integer[]
)
returns integer[]
language plpgsql
immutable
parallel safe
set search_path = ''
set enable_nestloop = off
set jit = off
as $$
declare
  -- Walked both ways, every edge is a cycle: what hangs together is what can reach each other.
  v_cycles integer[] := engine.graph_cycles(cardinality(p_nodes) + 1, p_sources || p_targets, p_targets || p_sources);
begin
  return array(
    select dense_rank() over (order by p.is_started desc, p.first_no)::integer
    from (
      select
        o.number,
        bool_or(n.type is not distinct from 'trigger') over by_part as is_started,
        min(n.node_no) over by_part as first_no
      from unnest(p_order) with ordinality as o (node_no, number)
      inner join unnest(p_nodes) as n on o.node_no = n.node_no
      window by_part as (partition by coalesce(v_cycles[o.number], o.number))
    ) as p
    order by p.number
  );
end
$$;
comment on function engine.part_numbers(engine.graph_node[], integer[], integer[], integer[]) is
'For each node, numbered from 1 as ordered, the part of the graph that it belongs to, from 1.';
revoke all on function engine.part_numbers(engine.graph_node[], integer[], integer[], integer[]) from public;
