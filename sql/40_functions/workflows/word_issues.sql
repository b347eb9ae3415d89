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
    with places as materialized (
      select 'node' as about, n.node_no as place_no, n.id from unnest(p_nodes) as n
      union all
      select 'edge', e.edge_no, e.id from unnest(p_edges) as e
    ),

    issues as materialized (
      select i.*
      from unnest(p_issues) with ordinality as i (code, node_no, edge_no, path, words, other_no, node_nos, issue_no)
    ),

    -- The first ten nodes of each cycle by name, all of them as a list.
    cycles as materialized (
      select
        i.issue_no,
        to_jsonb(array_agg(p.id order by m.rank) filter (where p.id is not null)) as ids,
        string_agg(engine.name_place('node', p.place_no, p.id), ', ' order by m.rank) filter (where m.rank <= 10)
        || case when count(*) > 10 then format(' and %s more', count(*) - 10) else '' end as names
      from issues as i
      cross join unnest(i.node_nos) with ordinality as m (node_no, rank)
      inner join places as p on m.node_no = p.place_no and p.about = 'node'
      group by i.issue_no
    )

    select jsonb_agg(
      jsonb_strip_nulls(jsonb_build_object(
        'code', c.code,
        'severity', c.severity,
        'path', '$' || case when p.place_no is null then '' else format('.%ss[%s]', c.about, p.place_no) end || i.path,
        'message', format(
          c.message || ' ' || c.cure,
          -- Too few words would be an error of format(); a missing one is an empty one.
          variadic array[overlay(n.name placing upper(left(n.name, 1)) from 1 for 1)]
          || case
            when o.about is not null then array[engine.name_place(o.about, o.place_no, o.id)]
            when y.names is not null then array[y.names]
            else '{}'
          end
          || i.words || array['', '']
        ),
        'node_id', case when i.node_no is not null then p.id end,
        'edge_id', case when i.edge_no is not null then p.id end,
        'node_ids', y.ids
      ))
      order by c.severity, c.about = 'edge', c.about = 'node', p.place_no, i.path, c.code
    )
    from issues as i
    inner join reference.validation_codes as c on i.code = c.code
    left join places as p on c.about = p.about and p.place_no = coalesce(i.node_no, i.edge_no)
    left join places as o on c.about = o.about and i.other_no = o.place_no
    left join cycles as y on i.issue_no = y.issue_no
    cross join engine.name_place(c.about, p.place_no, p.id) as n (name)
  );
end
$$;
comment on function engine.word_issues(engine.graph_issue[], engine.graph_node[], engine.graph_edge[]) is
'Issues as [{code, severity, path, message, node_id?, edge_id?, node_ids?}], errors first, then in the order of the graph.';
revoke all on function engine.word_issues(engine.graph_issue[], engine.graph_node[], engine.graph_edge[]) from public;
