-- The variables of the templates, and the overrides that give some a value: the body of a text, and
-- what a call opens with. Templates that hold nothing but known variables are told apart by one
-- pattern; only the others are read in parts.
create or replace function engine.template_issues(p_nodes engine.graph_node[])
returns setof engine.graph_issue
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
  v_known text[] := array(select v.name from reference.template_variables as v order by v.name);
  v_suspicious text := format('\{\{(?!\s*(?:%s)\s*(?:\|[^{}]*)?\}\})', array_to_string(v_known, '|'));
begin
  return query
  with templates as materialized (
    select
      n.node_no, f.field, n.data ->> f.field as template,
      case when n.type = 'text' and jsonb_typeof(n.data -> 'template_overrides') = 'object'
          then n.data -> 'template_overrides' else '{}' end as overrides
    from unnest(p_nodes) as n
    cross join lateral (values (case n.type when 'text' then 'template' when 'call' then 'first_message' end)) as f (field)
    where jsonb_typeof(n.data -> f.field) = 'string' and length(n.data ->> f.field) <= 1600
      and n.data ->> f.field ~ v_suspicious
  )

  select
    case when p.variable is null then 'template_malformed' else 'template_variable_unknown' end,
    t.node_no, null::integer, '.data.' || t.field,
    array[engine.show_value(to_jsonb(coalesce(p.variable, p.malformed))), array_to_string(v_known, ', ')],
    null::integer, null::integer[]
  from templates as t
  cross join lateral (
    select distinct r.variable, r.malformed
    from engine.template_parts(t.template) as r
    where r.variable is not null or r.malformed is not null
  ) as p
  where p.variable is null or not (p.variable = any(v_known) or t.overrides ? p.variable);
end
$$;
comment on function engine.template_issues(engine.graph_node[]) is
'Templates with unknown variables or with braces that are none.';
revoke all on function engine.template_issues(engine.graph_node[]) from public;
