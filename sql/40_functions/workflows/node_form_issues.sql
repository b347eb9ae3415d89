-- Nodes one by one: the fields that every kind has. One cheap test finds the offenders, and only
-- those are looked at closely. JSON orders values by type before value, so that "between two
-- numbers" is true of numbers alone.
create or replace function engine.node_form_issues(p_list jsonb, p_nodes engine.graph_node[])
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return query
  select c.code, n.node_no, null::integer, c.path, array[engine.show_value(c.value)], null::integer, null::integer[]
  from (
    select
      f.*,
      coalesce(f.place, 'null') = 'null'
      or coalesce(f.place -> 'x' between '-1e9' and '1e9' and f.place -> 'y' between '-1e9' and '1e9', false) as has_place,
      coalesce(f.label, 'null') = 'null' or (jsonb_typeof(f.label) = 'string' and length(f.label #>> '{}') <= 200) as has_label,
      coalesce(jsonb_typeof(f.data), 'null') in ('object', 'null') as has_data
    from (
      select
        n.node_no, n.id, n.type, n.element,
        n.element -> 'position' as place, n.element -> 'data' as data, n.element -> 'data' -> 'label' as label
      from rows from (unnest(p_nodes), jsonb_array_elements(p_list)) as n (node_no, id, type, no_element, no_data, element)
      offset 0
    ) as f
  ) as n
  cross join lateral (
    values
    ('node_invalid', '', n.element, jsonb_typeof(n.element) <> 'object'),
    ('node_id_invalid', '.id', n.element -> 'id', n.id is null and jsonb_typeof(n.element) = 'object'),
    ('node_type_unknown', '.type', n.element -> 'type', n.type is null and jsonb_typeof(n.element) = 'object'),
    ('node_position_invalid', '.position', n.place, not n.has_place),
    ('node_data_invalid', '.data', n.data, not n.has_data),
    ('node_label_invalid', '.data.label', n.label, not n.has_label)
  ) as c (code, path, value, is_broken)
  where (n.id is null or n.type is null or not n.has_place or not n.has_data or not n.has_label) and c.is_broken;

  return query
  select
    'node_id_duplicate', n.node_no, null::integer, '.id', array[d.first_no::text], null::integer, null::integer[]
  from unnest(p_nodes) as n
  inner join (
    select r.id, min(r.node_no) as first_no
    from unnest(p_nodes) as r
    where r.id is not null
    group by r.id
    having count(*) > 1
  ) as d on n.id = d.id and n.node_no > d.first_no;
end
$$;
comment on function engine.node_form_issues(jsonb, engine.graph_node[]) is
'Nodes that are no objects, or whose id, type, position, data or label can''t be used.';
revoke all on function engine.node_form_issues(jsonb, engine.graph_node[]) from public;
