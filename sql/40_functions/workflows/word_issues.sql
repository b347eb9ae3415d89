-- Puts issues into words: the registry's message and cure, the place in the graph as a JSON path that
-- finds it, and the ids by which an editor marks it. Ids are named only where they are usable.
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

    -- The first ten nodes of each cycle by name, all of them as a list.
    cycles as materialized (
      select
        i.node_nos,
        to_jsonb(array_agg(p.id order by m.rank) filter (where p.id is not null)) as ids,
        string_agg(coalesce(to_jsonb(p.id)::text, format('position %s', m.node_no)), ', ' order by m.rank) filter (where m.rank <= 10)
        || case when count(*) > 10 then format(' and %s more', count(*) - 10) else '' end as names
      from unnest(p_issues) as i
      cross join unnest(i.node_nos) with ordinality as m (node_no, rank)
      left join places as p on p.about = 'node' and m.node_no = p.place_no
      group by i.node_nos
    )

    select jsonb_agg(
      jsonb_strip_nulls(jsonb_build_object(
        'code', c.code,
        'severity', c.severity,
        'path', '$' || case c.about when 'graph' then '' else format('.%ss[%s]', c.about, p.place_no) end || i.path,
        'message', format(
          c.message || ' ' || c.cure,
          variadic array[engine.name_place(c.about, p.place_no, p.id), true]
        )
      ))
    )
    from unnest(p_issues) as i
    inner join reference.validation_codes as c on i.code = c.code
    left join places as p on c.about = p.about and p.place_no = coalesce(i.node_no, i.edge_no)
  );
end
$$;
