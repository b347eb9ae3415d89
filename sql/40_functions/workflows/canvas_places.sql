-- From layers and centres to places on the canvas. Along the drawing a layer begins where the longest
-- node of the one before ends, and a node stands in the middle of its layer; then each part is put
-- where there is room for it.
create or replace function engine.canvas_places(
  p_order integer[],
  p_parts integer[],
  p_layers integer[],
  p_lengths double precision[],
  p_breadths double precision[],
  p_centres double precision[], -- more than there are nodes: those of bends follow
  p_is_downwards boolean
)
returns table (node_no integer, x double precision, y double precision)
language plpgsql
immutable
parallel safe
set search_path = ''
set enable_nestloop = off
set jit = off
as $$
begin
  return query
  with nodes as materialized (
    select n.node_no, n.part, n.layer, n.length, n.centre - n.breadth / 2 as above, n.centre + n.breadth / 2 as below
    from unnest(p_order, p_parts, p_layers, p_lengths, p_breadths, p_centres)
      as n (node_no, part, layer, length, breadth, centre)
    where n.node_no is not null
  ),

  layers as materialized (
    select
      l.part, l.layer, l.length, l.above, l.below,
      sum(l.length + 80) over (partition by l.part order by l.layer) - l.length - 80 as begins
    from (
      select n.part, n.layer, max(n.length) as length, min(n.above) as above, max(n.below) as below
      from nodes as n
      group by n.part, n.layer
    ) as l
  ),

  parts as materialized (
    select l.part, max(l.begins + l.length) as length, min(l.above) as above, max(l.below) as below
    from layers as l
    group by l.part
  ),

  places as materialized (
    select p.part, p.above, k.along, k.across
    from engine.pack_parts(
      array(select p.length from parts as p order by p.part), array(select p.below - p.above from parts as p order by p.part), 80
    ) as s
    cross join lateral unnest(s.p_along, s.p_across) with ordinality as k (along, across, part)
    inner join parts as p on k.part = p.part
  ),

  corners as (
    select
      n.node_no,
      round(p.along + l.begins + (l.length - n.length) / 2) as along,
      round(p.across + n.above - p.above) as across
    from nodes as n
    inner join layers as l on n.part = l.part and n.layer = l.layer
    inner join places as p on n.part = p.part
  )

  select
    c.node_no,
    case when p_is_downwards then c.across else c.along end,
    case when p_is_downwards then c.along else c.across end
  from corners as c;
end
$$;
comment on function engine.canvas_places(
  integer[], integer[], integer[], double precision[], double precision[], double precision[], boolean
) is
'The upper left corner of each node, in whole pixels: layers 80 apart, and parts too.';
revoke all on function engine.canvas_places(
  integer[], integer[], integer[], double precision[], double precision[], double precision[], boolean
) from public;
