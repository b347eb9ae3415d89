-- The values that a text's node gives to variables of its own.
create or replace function engine.override_issues(p_list jsonb, p_nodes engine.graph_node[])
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return query
  with texts as materialized (
    select t.node_no, t.overrides
    from (
      select n.node_no, n.element -> 'data' -> 'template_overrides' as overrides
      from rows from (unnest(p_nodes), jsonb_array_elements(p_list)) as n (node_no, id, type, no_element, no_data, element)
      where n.type = 'text'
      offset 0
    ) as t
    where t.overrides not in ('null', '{}')
  )

  select 'template_overrides_invalid', t.node_no, null::integer, '.data.template_overrides',
    array[engine.show_value(t.overrides)], null::integer, null::integer[]
  from texts as t
  where jsonb_typeof(t.overrides) <> 'object'
  union all
  select 'template_overrides_invalid', t.node_no, null, '.data.template_overrides.' || to_jsonb(o.key)::text,
    array[engine.show_value(case when v.is_name then o.value else to_jsonb(o.key) end)], null, null
  from texts as t
  cross join jsonb_each(case when jsonb_typeof(t.overrides) = 'object' then t.overrides else '{}' end) as o (key, value)
  cross join lateral (values (o.key ~ '^[A-Za-z_][A-Za-z0-9_]*$' and length(o.key) <= 64)) as v (is_name)
  where not (v.is_name and jsonb_typeof(o.value) = 'string' and length(o.value #>> '{}') <= 1600);
end
$$;
comment on function engine.override_issues(jsonb, engine.graph_node[]) is
'Template overrides whose names or values can''t be used.';
revoke all on function engine.override_issues(jsonb, engine.graph_node[]) from public;
