-- Exactly one trigger; nothing enters it, something leaves it.
create or replace function engine.trigger_issues(
  p_list jsonb,
  p_nodes engine.graph_node[],
  p_edges engine.graph_edge[]
)
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return query
  with triggers as materialized (
    select n.node_no, p_list -> n.node_no -> 'data' -> 'filter' as entry_filter, min(n.node_no) over () as first_no
    from unnest(p_nodes) as n
    where n.type = 'trigger'
  )

  select 'trigger_missing', null::integer, null::integer, '.nodes', null::text[], null::integer, null::integer[]
  where not exists (select from triggers)
  union all
  select
    'trigger_duplicate', t.node_no, null, '.type',
    null, f.node_no, null
  from triggers as t
  inner join triggers as f on t.first_no = f.node_no and t.node_no <> f.node_no
  union all
  select 'trigger_has_incoming_edge', null, e.edge_no, '.target', null, null, null
  from unnest(p_edges) as e
  inner join triggers as t on e.target_no = t.node_no
  union all
  select 'trigger_has_no_outgoing_edge', t.node_no, null, '', null, null, null
  from triggers as t
  where not exists (select from unnest(p_edges) as e where e.source_no = t.node_no and e.target_no <> e.source_no)
  union all
  select 'trigger_filter_unsupported', t.node_no, null, '.data.filter', null, null, null
  from triggers as t
  where t.entry_filter not in ('null', '{}');
end
$$;
comment on function engine.trigger_issues(jsonb, engine.graph_node[], engine.graph_edge[]) is 'Problems of a graph''s triggers.';
revoke all on function engine.trigger_issues(jsonb, engine.graph_node[], engine.graph_edge[]) from public;
