-- Edges one by one: when they are taken, after how long, and which is tried first.
create or replace function engine.edge_rule_issues(p_list jsonb, p_edges engine.graph_edge[])
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
  ),

  misfits as (
    select e.edge_no, e.source_type, e.rule, p_list -> e.edge_no -> 'data' -> 'when' as given
    from unnest(p_edges) as e
    left join rules as f on e.source_type = f.node_type and e.rule = f.rule
    where e.source_type is not null and f.rule is null
  )

  select
    case
      when coalesce(m.given, 'null') = 'null' then 'edge_rule_missing'
      when exists (select from rules as r where r.rule = m.rule) then 'edge_rule_unfit'
      else 'edge_rule_unknown'
    end,
    null::integer, m.edge_no, '.data.when',
    array[engine.show_value(m.given), (select r.choices from rules as r where r.node_type = m.source_type limit 1)],
    null::integer, null::integer[]
  from misfits as m;

  return query
  select 'edge_priority_invalid', null::integer, e.edge_no, '.data.priority',
    array[engine.show_value(p_list -> e.edge_no -> 'data' -> 'priority')], null::integer, null::integer[]
  from unnest(p_edges) as e
  where e.priority is null;

  -- Most edges share their delay: each distinct one is looked at once.
  return query
  with delays as materialized (
    select e.delay, array_agg(e.edge_no) as edge_nos
    from (
      select (e.place - 1)::integer as edge_no, e.element -> 'data' -> 'delay' as delay
      from jsonb_array_elements(p_list) with ordinality as e (element, place)
      offset 0
    ) as e
    where e.delay <> 'null'
    group by e.delay
  )

  select 'edge_delay_invalid', null::integer, v.edge_no, '.data.delay', array[engine.show_value(d.delay)],
    null::integer, null::integer[]
  from delays as d
  cross join unnest(d.edge_nos) as v (edge_no)
  where engine.is_duration(d.delay, 'PT0S', 'P365D') is not true;
end
$$;
comment on function engine.edge_rule_issues(jsonb, engine.graph_edge[]) is
'Edges whose rule, delay or priority is missing, malformed or does not fit where they come from.';
revoke all on function engine.edge_rule_issues(jsonb, engine.graph_edge[]) from public;
