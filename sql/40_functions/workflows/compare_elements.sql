-- What became of the nodes, or of the edges, between two stored graphs: paired by id, and where a pair
-- differs, followed down both objects at once to the settings that do. A list is one setting. Each
-- element is looked at once, each object in it once, so this is linear.
create or replace function engine.compare_elements(p_kind text, p_from jsonb, p_to jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
set jit = off
as $$
begin
  return (
    with recursive pairs as materialized (
      select
        coalesce(n.place, o.place) as place, o.element as old, n.element as new,
        o.element - '{id,position}'::text[] as old_content, n.element - '{id,position}'::text[] as new_content
      from (
        select e.element ->> 'id' as id, e.element, e.place
        from jsonb_array_elements(p_from) with ordinality as e (element, place)
      ) as o
      full join (
        select e.element ->> 'id' as id, e.element, e.place
        from jsonb_array_elements(p_to) with ordinality as e (element, place)
      ) as n on o.id = n.id
    ),

    steps (place, field, old, new, is_object) as (
      select p.place, '', p.old_content, p.new_content, true
      from pairs as p
      where p.old_content <> p.new_content
      union all
      select
        s.place, concat_ws('.', nullif(s.field, ''), k.key), s.old -> k.key, s.new -> k.key,
        coalesce(jsonb_typeof(s.old -> k.key) = 'object' and jsonb_typeof(s.new -> k.key) = 'object', false)
      from steps as s
      -- Of one that is no object there are no keys, and to ask for them would be an error.
      cross join jsonb_object_keys(case when s.is_object then s.old || s.new else '{}' end) as k (key)
      where s.old -> k.key is distinct from s.new -> k.key
    ),

    changed as materialized (
      select
        s.place, jsonb_agg(jsonb_build_object('field', s.field, 'from', s.old, 'to', s.new) order by s.field collate "C") as fields
      from steps as s
      where not s.is_object
      group by s.place
    )

    select jsonb_build_object(
      'added', coalesce(jsonb_agg(engine.element_summary(p_kind, p.new) order by p.place) filter (where p.old is null), '[]'),
      'removed', coalesce(jsonb_agg(engine.element_summary(p_kind, p.old) order by p.place) filter (where p.new is null), '[]'),
      'changed', coalesce(
        jsonb_agg(engine.element_summary(p_kind, p.new) || jsonb_build_object('fields', c.fields) order by p.place)
        filter (where c.fields is not null), '[]'
      )
    ) || case when p_kind = 'node' then jsonb_build_object('moved', coalesce(
      jsonb_agg(p.new -> 'id' order by p.place) filter (where p.old -> 'position' <> p.new -> 'position'), '[]'
    )) else '{}' end
    from pairs as p
    left join changed as c on p.place = c.place and p.old is not null and p.new is not null
  );
end
$$;
comment on function engine.compare_elements(text, jsonb, jsonb) is
'Compares two lists of stored nodes or edges: {added[], removed[], changed[{…, fields[{field, from, to}]}]} and, of nodes, '
'moved[ids].';
revoke all on function engine.compare_elements(text, jsonb, jsonb) from public;
