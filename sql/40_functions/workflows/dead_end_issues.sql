-- Calls from which neither a text nor an edge on a booking can be reached. Mostly every call has such
-- an edge or leads to a text, and then there is nothing to walk.
create or replace function engine.dead_end_issues(
  p_nodes engine.graph_node[],
  p_edges engine.graph_edge[],
  p_sources integer[],
  p_targets integer[]
)
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_calls integer[] := array(select n.node_no from unnest(p_nodes) as n where n.type = 'call');
  v_ends integer[] := array(
    select n.node_no from unnest(p_nodes) as n where n.type = 'text' or n.type is null
    union all
    select e.source_no from unnest(p_edges) as e where e.rule = 'booked' and e.source_no is not null
  );
begin
  if not exists (
    select from unnest(v_calls) as c (node_no)
    where c.node_no not in (select d.node_no from unnest(v_ends) as d (node_no))
      and c.node_no not in (
        select e.source_no
        from unnest(p_sources, p_targets) as e (source_no, target_no)
        where e.target_no in (select d.node_no from unnest(v_ends) as d (node_no))
      )
  ) then
    return;
  end if;
  return query
  select 'dead_end', c.node_no, null::integer, '', null::text[], null::integer, null::integer[]
  from unnest(engine.reachable_nodes(cardinality(p_nodes), p_targets, p_sources, v_ends)) with ordinality as r (is_reached, place)
  inner join unnest(v_calls) as c (node_no) on r.place - 1 = c.node_no
  where not r.is_reached;
end
$$;
comment on function engine.dead_end_issues(engine.graph_node[], engine.graph_edge[], integer[], integer[]) is
'Calls that no way leads on from to a text or a booking; edges as positions of their ends.';
revoke all on function engine.dead_end_issues(engine.graph_node[], engine.graph_edge[], integer[], integer[]) from public;
