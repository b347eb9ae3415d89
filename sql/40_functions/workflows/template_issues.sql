-- The variables of the texts' templates, and the overrides that give some a value. Templates that
-- hold nothing but known variables are told apart by one pattern; only the others are read in parts.
create or replace function engine.template_issues(p_nodes engine.graph_node[])
returns setof engine.graph_issue
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
  v_known text[] := array(select v.name from reference.template_variables as v order by v.name);
  v_harmless text := format('\{\{\s*(?:%s)\s*(?:\|[^{}]*)?\}\}', array_to_string(v_known, '|'));
begin
  return query
  select
    case when p.variable is null then 'template_malformed' else 'template_variable_unknown' end,
    n.node_no, null::integer, '.data.template',
    array[engine.show_value(to_jsonb(coalesce(p.variable, p.malformed))), array_to_string(v_known, ', ')],
    null::integer, null::integer[]
  from unnest(p_nodes) as n
  cross join lateral (
    select r.variable, r.malformed, min(r.part_no) as part_no
    from engine.template_parts(n.data ->> 'template') as r
    where r.variable is not null or r.malformed is not null
    group by r.variable, r.malformed
  ) as p
  where n.type = 'text' and jsonb_typeof(n.data -> 'template') = 'string' and length(n.data ->> 'template') <= 1600
    and n.data ->> 'template' like '%{{%'
    and regexp_replace(n.data ->> 'template', v_harmless, '', 'g') like '%{{%'
    and (p.variable is null or not (
      p.variable = any(v_known)
      or (jsonb_typeof(n.data -> 'template_overrides') = 'object' and n.data -> 'template_overrides' ? p.variable)
    ));

  return query
  select 'template_overrides_invalid', n.node_no, null::integer, '.data.template_overrides',
    array[engine.show_value(n.data -> 'template_overrides')], null::integer, null::integer[]
  from unnest(p_nodes) as n
  where n.type = 'text' and jsonb_typeof(n.data -> 'template_overrides') not in ('object', 'null')
  union all
  select 'template_overrides_invalid', n.node_no, null, '.data.template_overrides.' || to_jsonb(o.key)::text,
    array[case when o.key ~ '^[A-Za-z_][A-Za-z0-9_]{0,63}$' then engine.show_value(o.value)
        else engine.show_value(to_jsonb(o.key)) end], null, null
  from unnest(p_nodes) as n
  cross join jsonb_each(
    case when jsonb_typeof(n.data -> 'template_overrides') = 'object' then n.data -> 'template_overrides' else '{}' end
  ) as o (key, value)
  where n.type = 'text' and n.data ? 'template_overrides' and not (
    o.key ~ '^[A-Za-z_][A-Za-z0-9_]{0,63}$' and jsonb_typeof(o.value) = 'string' and length(o.value #>> '{}') <= 1600
  );
end
$$;
comment on function engine.template_issues(engine.graph_node[]) is
'Templates with unknown variables or with braces that are none, and overrides that are malformed.';
revoke all on function engine.template_issues(engine.graph_node[]) from public;
