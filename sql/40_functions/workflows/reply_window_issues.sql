-- Texts that have to wait for a reply, and are not told how long.
create or replace function engine.reply_window_issues(p_list jsonb, p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
  return query
  select w.code, w.node_no, null::integer, '.data.reply_window', null::text[], null::integer, null::integer[]
  from (
    select distinct 'reply_window_missing' as code, e.source_no as node_no
    from unnest(p_edges) as e
    inner join reference.edge_rules as r on e.source_type = r.node_type and e.rule = r.rule
    where r.needs_reply_window
    offset 0
  ) as w
  where coalesce(p_list -> w.node_no -> 'data' -> 'reply_window', 'null') = 'null';
end
$$;
comment on function engine.reply_window_issues(jsonb, engine.graph_edge[]) is
'Texts with an edge that waits for a reply and without a reply window.';
revoke all on function engine.reply_window_issues(jsonb, engine.graph_edge[]) from public;
