-- Gives a line that passes layers a bend in each of them, so that what it crosses there is seen and
-- room is left for it. Shorter lines first, and no more bends than a few for each node: lines without
-- one don't take part in the order, which keeps a graph whose every edge spans it linear.
create or replace function engine.bend_lines(
  p_layers integer[],
  p_sources integer[],
  p_targets integer[],
  out p_item_layers integer[], -- of the nodes, then of the bends
  out p_item_owners integer[], -- the node itself; of a bend, where its line begins
  out p_short_sources integer[],
  out p_short_targets integer[]
)
language plpgsql
immutable
parallel safe
set search_path = ''
set jit = off
as $$
declare
  v_size integer := cardinality(p_layers);
begin
  with lines as (
    select
      l.source, l.target, p_layers[l.source] as layer, l.span,
      v_size + sum(l.span - 1) over (order by l.span, l.line_no) - l.span + 1 as before_bends
    from (
      select e.source, e.target, e.line_no, p_layers[e.target] - p_layers[e.source] as span
      from unnest(p_sources, p_targets) with ordinality as e (source, target, line_no)
    ) as l
  ),

  steps as materialized (
    select
      (case when s.step = 1 then l.source else l.before_bends + s.step - 1 end)::integer as source,
      (case when s.step = l.span then l.target else l.before_bends + s.step end)::integer as target,
      l.source as owner, l.layer + s.step as layer, s.step < l.span as is_bend
    from lines as l
    cross join generate_series(1, l.span) as s (step)
    where l.before_bends + l.span - 1 <= 5 * v_size
  )

  select
    p_layers || coalesce(array_agg(s.layer order by s.target) filter (where s.is_bend), '{}'),
    array(select generate_series(1, v_size)) || coalesce(array_agg(s.owner order by s.target) filter (where s.is_bend), '{}'),
    coalesce(array_agg(s.source order by s.source, s.target), '{}'),
    coalesce(array_agg(s.target order by s.source, s.target), '{}')
  into p_item_layers, p_item_owners, p_short_sources, p_short_targets
  from steps as s;
end
$$;
comment on function engine.bend_lines(integer[], integer[], integer[]) is
'Cuts lines into short ones that each lead to the next layer. Nodes and layers as of engine.layer_numbers; bends are '
'numbered after the nodes.';
revoke all on function engine.bend_lines(integer[], integer[], integer[]) from public;
