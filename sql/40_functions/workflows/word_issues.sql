-- Puts issues into words: the registry's message and cure, the place in the graph as a JSON path that
-- finds it, and the ids by which an editor marks it, where they are usable. Sorted by weight, then as
-- in the graph.
create or replace function engine.word_issues(
  p_issues engine.graph_issue[],
  p_nodes engine.graph_node[],
  p_edges engine.graph_edge[]
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    with issues as materialized (
      select
        i.issue_no, c.code, c.severity, c.about, c.message || ' ' || c.cure as message,
        coalesce(i.node_no, i.edge_no) as place_no, i.other_no, i.path, i.words, i.node_nos
      from unnest(p_issues) with ordinality as i (code, node_no, edge_no, path, words, other_no, node_nos, issue_no)
      inner join reference.validation_codes as c on i.code = c.code
    ),

    -- Places are named once, and only those that an issue speaks of.
    places as materialized (
      select p.about, p.place_no, p.id, engine.name_place(p.about, p.place_no, p.id) as name
      from (
        select 'node' as about, n.node_no as place_no, n.id from unnest(p_nodes) as n
        union all
        select 'edge', e.edge_no, e.id from unnest(p_edges) as e
      ) as p
      where (p.about, p.place_no) in (
        select i.about, i.place_no from issues as i
        union all
        select i.about, i.other_no from issues as i
        union all
        select 'node', unnest(i.node_nos) from issues as i
      )
    ),

    -- The first ten nodes of each cycle by name, all of them as a list.
    cycles as materialized (
      select
        i.issue_no,
        to_jsonb(array_agg(p.id order by m.rank) filter (where p.id is not null)) as ids,
        string_agg(p.name, ', ' order by m.rank) filter (where m.rank <= 10)
        || case when count(*) > 10 then format(' and %s more', count(*) - 10) else '' end as names
      from issues as i
      cross join unnest(i.node_nos) with ordinality as m (node_no, rank)
      inner join places as p on m.node_no = p.place_no and p.about = 'node'
      group by i.issue_no
    )

    select jsonb_agg(
      jsonb_strip_nulls(jsonb_build_object(
        'code', i.code,
        'severity', i.severity,
        'path', '$' || case when p.place_no is null then '' else '.' || i.about || 's[' || p.place_no || ']' end || i.path,
        'message', format(
          i.message,
          -- Too few words would be an error of format(); a missing one is an empty one.
          variadic array[upper(left(p.name, 1)) || substr(p.name, 2)]
          || case when o.name is not null then array[o.name] when y.names is not null then array[y.names] else '{}' end
          || i.words || array['', '']
        ),
        'node_id', case i.about when 'node' then p.id end,
        'edge_id', case i.about when 'edge' then p.id end,
        'node_ids', y.ids
      ))
      order by i.severity collate "C", i.about = 'edge', i.about = 'node', p.place_no, i.path collate "C", i.code collate "C"
    )
    from issues as i
    left join places as p on i.about = p.about and i.place_no = p.place_no
    left join places as o on i.about = o.about and i.other_no = o.place_no
    left join cycles as y on i.issue_no = y.issue_no
  );
end
$$;
comment on function engine.word_issues(engine.graph_issue[], engine.graph_node[], engine.graph_edge[]) is
'Issues as [{code, severity, path, message, node_id?, edge_id?, node_ids?}], errors first, then in the order of the graph.';
revoke all on function engine.word_issues(engine.graph_issue[], engine.graph_node[], engine.graph_edge[]) from public;
