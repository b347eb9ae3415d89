-- How wide or high nodes are, as React Flow measured them or was told, in whole pixels. What can't be
-- the side of a node counts for nothing. JSON orders values by type before value, so that "between two
-- numbers" is true of numbers alone.
create or replace function engine.node_sides(p_nodes engine.graph_node[], p_order integer[], p_side text)
returns double precision[]
language plpgsql
immutable
parallel safe
set search_path = ''
set enable_nestloop = off
set jit = off
as $$
begin
  return array(
    select
      ceil(case
        when n.element -> 'measured' -> p_side between '1' and '4000' then (n.element -> 'measured' -> p_side)::numeric
        when n.element -> p_side between '1' and '4000' then (n.element -> p_side)::numeric
        when p_side = 'width' then 240
        else 80
      end)::double precision
    from unnest(p_order) with ordinality as o (node_no, number)
    inner join unnest(p_nodes) as n on o.node_no = n.node_no
    order by o.number
  );
end
$$;
comment on function engine.node_sides(engine.graph_node[], integer[], text) is
'The width or the height of nodes, as ordered: measured, else set, else 240 by 80; from 1 to 4000.';
revoke all on function engine.node_sides(engine.graph_node[], integer[], text) from public;
