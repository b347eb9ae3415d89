-- When and how often calls and texts go out. Nodes of a workflow mostly share these settings, so
-- each distinct value is looked at once, and what is wrong with it told of every node that has it.
create or replace function engine.node_setting_issues(p_list jsonb, p_nodes engine.graph_node[])
returns setof engine.graph_issue
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  with settings as materialized (
    select k.setting, n.type, k.value, array_agg(n.node_no) as node_nos
    from (
      select n.node_no, n.type, n.element -> 'data' as data
      from rows from (unnest(p_nodes), jsonb_array_elements(p_list)) as n (node_no, id, type, no_element, no_data, element)
      where n.type in ('call', 'text')
      offset 0
    ) as n
    cross join lateral (
      values
      ('business_hours', n.data -> 'business_hours'),
      ('batching', n.data -> 'batching'),
      ('retry', n.data -> 'retry'),
      ('reply_window', case n.type when 'text' then n.data -> 'reply_window' end)
    ) as k (setting, value)
    where k.value <> 'null'
    group by k.setting, n.type, k.value
  ),

  found as materialized (
    select s.code, s.path, s.words, d.setting, d.node_nos
    from settings as d
    cross join engine.setting_issues(d.setting, d.value, d.type::text::public.contact_channel) as s
  )

  select f.code, v.node_no, null::integer, '.data.' || f.setting || f.path, f.words, null::integer, null::integer[]
  from found as f
  cross join unnest(f.node_nos) as v (node_no);
end
$$;
comment on function engine.node_setting_issues(jsonb, engine.graph_node[]) is
'Business hours, batching, retry and reply windows that are malformed.';
revoke all on function engine.node_setting_issues(jsonb, engine.graph_node[]) from public;
