-- The variables of the templates, and the overrides that give some a value: the body of a text, and
-- what a call opens with. Each distinct template is taken apart once at its braces; only where
-- something else than a known variable stands between them is it read as the engine reads it.
create or replace function engine.template_issues(p_list jsonb, p_nodes engine.graph_node[])
returns setof engine.graph_issue
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
  v_known text[] := array(select v.name from reference.template_variables as v order by v.name);
begin
  return query
  with templates as materialized (
    select t.type, t.template, array_agg(t.node_no) as node_nos
    from (
      select
        n.node_no, n.type,
        n.element -> 'data' -> case n.type when 'text' then 'template' when 'call' then 'first_message' end as template
      from rows from (unnest(p_nodes), jsonb_array_elements(p_list)) as n (node_no, id, type, no_element, no_data, element)
      offset 0
    ) as t
    where jsonb_typeof(t.template) = 'string' and length(t.template #>> '{}') <= 1600
      and position('{{' in t.template #>> '{}') > 0
    group by t.type, t.template
  ),

  suspicious as materialized (
    select distinct t.type, t.template, t.node_nos
    from templates as t
    cross join string_to_table(t.template #>> '{}', '{{') with ordinality as p (part, part_no)
    where p.part_no > 1 and not (
      position('}}' in p.part) > 0 and btrim(split_part(split_part(p.part, '}}', 1), '|', 1)) = any(v_known)
    )
  ),

  found as (
    select distinct t.node_nos, t.type, p.variable, p.malformed
    from suspicious as t
    cross join engine.template_parts(t.template #>> '{}') as p
    where p.malformed is not null or not p.variable = any(v_known)
  )

  select
    case when f.variable is null then 'template_malformed' else 'template_variable_unknown' end,
    v.node_no, null::integer, '.data.' || case f.type when 'text' then 'template' else 'first_message' end,
    array[engine.show_value(to_jsonb(coalesce(f.variable, f.malformed))), array_to_string(v_known, ', ')],
    null::integer, null::integer[]
  from found as f
  cross join unnest(f.node_nos) as v (node_no)
  cross join lateral (
    select case when f.type = 'text' then p_list -> v.node_no -> 'data' -> 'template_overrides' end as overrides
  ) as o
  where f.variable is null or not coalesce(jsonb_typeof(o.overrides) = 'object' and o.overrides ? f.variable, false);
end
$$;
comment on function engine.template_issues(jsonb, engine.graph_node[]) is
'Templates with unknown variables or with braces that are none.';
revoke all on function engine.template_issues(jsonb, engine.graph_node[]) from public;
