-- When and how often calls and texts go out. Nodes of a workflow mostly share these settings, so
-- each distinct value is looked at once, and what is wrong with it told of every node that has it.
create or replace function engine.node_setting_issues(p_nodes engine.graph_node[], p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select s.code, v.node_no, null::integer, '.data.' || d.setting || s.path, s.words, null::integer, null::integer[]
  from (
    select k.setting, n.type, n.data -> k.setting as value, array_agg(n.node_no) as node_nos
    from (values ('business_hours'), ('batching'), ('retry'), ('reply_window')) as k (setting)
    inner join unnest(p_nodes) as n on n.data ? k.setting
    where n.type in ('call', 'text') and n.data -> k.setting <> 'null' and (k.setting <> 'reply_window' or n.type = 'text')
    group by k.setting, n.type, n.data -> k.setting
  ) as d
  cross join engine.setting_issues(d.setting, d.value, d.type::text::public.contact_channel) as s
  cross join unnest(d.node_nos) as v (node_no);

  return query
  select distinct 'reply_window_missing', n.node_no, null::integer, '.data.reply_window', null::text[], null::integer, null::integer[]
  from unnest(p_edges) as e
  inner join reference.edge_rules as r on e.source_type = r.node_type and e.rule = r.rule and r.needs_reply_window
  inner join unnest(p_nodes) as n on e.source_no = n.node_no
  where coalesce(n.data -> 'reply_window', 'null') = 'null';
end
$$;
comment on function engine.node_setting_issues(engine.graph_node[], engine.graph_edge[]) is
'Business hours, batching, retry and reply windows that are malformed, and reply windows that are missing.';
revoke all on function engine.node_setting_issues(engine.graph_node[], engine.graph_edge[]) from public;
