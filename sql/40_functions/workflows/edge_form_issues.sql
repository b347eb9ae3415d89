-- Edges one by one: the fields that every edge has, and where it leads. As for nodes, one cheap test
-- finds the offenders.
create or replace function engine.edge_form_issues(p_list jsonb, p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return query
  select c.code, null::integer, e.edge_no, c.path, array[engine.show_value(c.value)], null::integer, null::integer[]
  from (
    select
      f.*,
      coalesce(f.handle, 'null') = 'null' or (jsonb_typeof(f.handle) = 'string' and length(f.handle #>> '{}') <= 200)
      as has_handle,
      coalesce(f.label, 'null') = 'null' or (jsonb_typeof(f.label) = 'string' and length(f.label #>> '{}') <= 200) as has_label,
      coalesce(jsonb_typeof(f.data), 'null') in ('object', 'null') as has_data
    from (
      select
        e.edge_no, e.id, e.source_no, e.target_no, e.element,
        e.element -> 'sourceHandle' as handle, e.element -> 'data' as data, e.element -> 'data' -> 'label' as label
      from rows from (unnest(p_edges), jsonb_array_elements(p_list)) as e
        (edge_no, id, source_no, target_no, source_type, rule, priority, no_element, no_data, element)
      offset 0
    ) as f
  ) as e
  cross join lateral (
    values
    ('edge_invalid', '', e.element, jsonb_typeof(e.element) <> 'object'),
    ('edge_id_invalid', '.id', e.element -> 'id', e.id is null and jsonb_typeof(e.element) = 'object'),
    ('edge_source_unknown', '.source', e.element -> 'source', e.source_no is null and jsonb_typeof(e.element) = 'object'),
    ('edge_target_unknown', '.target', e.element -> 'target', e.target_no is null and jsonb_typeof(e.element) = 'object'),
    ('edge_self_loop', '', null, e.source_no = e.target_no),
    ('edge_handle_invalid', '.sourceHandle', e.handle, not e.has_handle),
    ('edge_data_invalid', '.data', e.data, not e.has_data),
    ('edge_label_invalid', '.data.label', e.label, not e.has_label)
  ) as c (code, path, value, is_broken)
  where (
    e.id is null or e.source_no is null or e.target_no is null or e.source_no = e.target_no
    or not e.has_handle or not e.has_data or not e.has_label
  ) and c.is_broken;

  return query
  select 'edge_id_duplicate', null::integer, e.edge_no, '.id', array[d.first_no::text], null::integer, null::integer[]
  from unnest(p_edges) as e
  inner join (
    select r.id, min(r.edge_no) as first_no
    from unnest(p_edges) as r
    where r.id is not null
    group by r.id
    having count(*) > 1
  ) as d on e.id = d.id and e.edge_no > d.first_no;

  return query
  select 'edge_duplicate', null::integer, e.edge_no, '', null::text[], d.first_no, null::integer[]
  from unnest(p_edges) as e
  inner join (
    select r.source_no, r.target_no, r.rule, min(r.edge_no) as first_no
    from unnest(p_edges) as r
    where r.source_no is not null and r.target_no is not null and r.rule is not null
    group by r.source_no, r.target_no, r.rule
    having count(*) > 1
  ) as d on e.source_no = d.source_no and e.target_no = d.target_no and e.rule = d.rule and e.edge_no > d.first_no;
end
$$;
comment on function engine.edge_form_issues(jsonb, engine.graph_edge[]) is
'Edges that are no objects, lead nowhere or to themselves, are there twice, or whose id, data, handle or label can''t be used.';
revoke all on function engine.edge_form_issues(jsonb, engine.graph_edge[]) from public;
