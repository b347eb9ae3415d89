-- Where in a document a graph lies that was sent with all that is around it. Looked for in objects
-- within objects, three deep: as far as products are known to wrap theirs, and never a long search.
create or replace function engine.nested_graph(p_document jsonb)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return (
    with recursive places (way, value, depth) as (
      select '', p_document, 0
      union all
      select concat_ws('.', nullif(p.way, ''), left(e.key, 60)), e.value, p.depth + 1
      from places as p
      cross join lateral jsonb_each(case when jsonb_typeof(p.value) = 'object' then p.value else '{}' end) as e
      where p.depth < 3 and jsonb_typeof(e.value) = 'object'
    )

    select p.way
    from places as p
    where p.depth > 0 and jsonb_typeof(p.value -> 'nodes') = 'array' and jsonb_typeof(p.value -> 'edges') = 'array'
    order by p.depth, p.way collate "C"
    limit 1
  );
end
$$;
comment on function engine.nested_graph(jsonb) is 'The keys that lead to the outermost graph within a document; null without one.';
revoke all on function engine.nested_graph(jsonb) from public;
