-- Edges of one node against each other. Each edge is spread into the outcomes that it matches, at
-- most as many as there are, so that this stays linear however many edges leave a node: comparing
-- them in pairs would not.
create or replace function engine.edge_overlap_issues(p_nodes engine.graph_node[], p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
  return query
  with spread as materialized (
    select e.edge_no, e.source_no, e.priority, r.outcome, r.is_partial
    from unnest(p_edges) as e
    inner join reference.edge_rules as r on e.source_type = r.node_type and e.rule = r.rule
    where e.source_no <> e.target_no or e.target_no is null
  ),

  ranked as (
    select
      s.edge_no,
      s.priority is not null
      and s.edge_no > min(s.edge_no) over (partition by s.source_no, s.outcome, s.priority) as conflicts,
      min(s.edge_no) over (partition by s.source_no, s.outcome, s.priority) as first_no,
      s.priority > min(s.priority) filter (where not s.is_partial) over (partition by s.source_no, s.outcome) as is_covered
    from spread as s
  ),

  judged as (
    select
      r.edge_no,
      min(r.first_no) filter (where r.conflicts) as conflicts_with,
      bool_and(coalesce(r.is_covered, false)) as is_covered
    from ranked as r
    group by r.edge_no
  )

  select
    case when j.conflicts_with is not null then 'edge_priority_conflict' else 'edge_never_taken' end,
    null::integer, j.edge_no, '.data.priority', null::text[], j.conflicts_with, null::integer[]
  from judged as j
  where j.conflicts_with is not null or j.is_covered
  union all
  -- A text with a reply window ends in a reply or none, one without is done once it is delivered.
  select
    'fallback_missing', n.node_no, null, '', array[string_agg(distinct m.outcome::text, ', ' order by m.outcome::text)], null, null
  from unnest(p_nodes) as n
  inner join reference.edge_rules as m on n.type = m.node_type and m.rule = 'any'
  where n.node_no in (select s.source_no from spread as s)
    and m.node_type <> 'trigger' and m.outcome <> 'opted_in'
    and (m.outcome <> 'delivered' or coalesce(n.data -> 'reply_window', 'null') = 'null')
    and (m.outcome not in ('replied', 'no_reply') or n.data -> 'reply_window' <> 'null')
    and not exists (
      select from spread as s
      where s.source_no = n.node_no and s.outcome = m.outcome and not s.is_partial
    )
  group by n.node_no;
end
$$;
comment on function engine.edge_overlap_issues(engine.graph_node[], engine.graph_edge[]) is
'Edges of one node that can both match with one priority, edges that are never taken, and nodes with outcomes that no edge matches.';
revoke all on function engine.edge_overlap_issues(engine.graph_node[], engine.graph_edge[]) from public;
