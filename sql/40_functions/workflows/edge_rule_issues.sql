-- Edges one by one: when they are taken, after how long, and which is tried first.
create or replace function engine.edge_rule_issues(p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
  -- A rule that an edge out of such a node can't have, or that there is none of.
  return query
  with rules as materialized (
    select r.node_type, r.rule, string_agg(r.rule, ', ') over (partition by r.node_type) as choices
    from (select distinct r.node_type, r.rule from reference.edge_rules as r) as r
  )

  select
    case
      when coalesce(e.data -> 'when', 'null') = 'null' then 'edge_rule_missing'
      when exists (select from rules as r where r.rule = e.rule) then 'edge_rule_unfit'
      else 'edge_rule_unknown'
    end,
    null::integer, e.edge_no, '.data.when',
    array[engine.show_value(e.data -> 'when'), (select r.choices from rules as r where r.node_type = e.source_type limit 1)],
    null::integer, null::integer[]
  from unnest(p_edges) as e
  left join rules as f on e.source_type = f.node_type and e.rule = f.rule
  where e.source_type is not null and f.rule is null;

  return query
  select 'edge_priority_invalid', null::integer, e.edge_no, '.data.priority',
    array[engine.show_value(e.data -> 'priority')], null::integer, null::integer[]
  from unnest(p_edges) as e
  where e.priority is null;

  -- Most edges share their delay: each distinct one is looked at once.
  return query
  with delays as materialized (
    select e.data -> 'delay' as delay, array_agg(e.edge_no) as edge_nos
    from unnest(p_edges) as e
    where e.data -> 'delay' <> 'null'
    group by e.data -> 'delay'
  )

  select 'edge_delay_invalid', null::integer, e.edge_no, '.data.delay', array[engine.show_value(d.delay)], null::integer, null::integer[]
  from (select d.* from delays as d where engine.is_duration(d.delay, 'PT0S', 'P365D') is not true offset 0) as d
  cross join unnest(d.edge_nos) as e (edge_no);

  return query
  select p.code, null::integer, e.edge_no, '.data.phrases' || p.path, array[engine.show_value(p.value)], null::integer, null::integer[]
  from unnest(p_edges) as e
  cross join engine.phrase_issues(e.rule, e.data -> 'phrases') as p
  where e.rule = 'reply_matches' or e.data -> 'phrases' not in ('null', '[]');
end
$$;
comment on function engine.edge_rule_issues(engine.graph_edge[]) is
'Edges whose rule, phrases, delay or priority is missing, malformed or does not fit where they come from.';
revoke all on function engine.edge_rule_issues(engine.graph_edge[]) from public;
