-- The groups and conditions of a definition with the paths under which people find them. Deeper than the
-- limit nothing is followed, so that whatever is sent ends.
create or replace function engine.definition_nodes(p_definition jsonb)
returns table (path text, node jsonb, depth integer, is_negated boolean, ordinal bigint)
language sql
immutable
set search_path = ''
as $$
  with recursive nodes as (
    select 'p_definition.match' as path, p_definition -> 'match' as node, 1 as depth, false as is_negated, '{0}'::bigint[] as place
    where p_definition ? 'match'
    union all
    select n.path || c.step, c.node, n.depth + 1, n.is_negated or c.step = '.not', n.place || c.place
    from nodes as n
    cross join lateral (
      select format('.%s[%s]', g.name, i.place - 1) as step, i.node, i.place
      from (values ('all'), ('any')) as g (name)
      cross join lateral jsonb_array_elements(
        case when jsonb_typeof(n.node -> g.name) = 'array' then n.node -> g.name else '[]' end
      ) with ordinality as i (node, place)
      union all
      select '.not', n.node -> 'not', 1 where n.node ? 'not'
    ) as c
    where n.depth < 10 and jsonb_typeof(n.node) = 'object'
  )
  select n.path, n.node, n.depth, n.is_negated, row_number() over (order by n.place) from nodes as n
$$;
comment on function engine.definition_nodes(jsonb) is 'Groups and conditions of a definition, in order, with their JSON paths.';
revoke all on function engine.definition_nodes(jsonb) from public;
