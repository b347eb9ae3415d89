-- What systems post as a lead, as one flat object of texts: their own keys, those of nested objects, and
-- the lists of answers that forms send ([{name, values}] or [{column_id, string_value}]). The first of a
-- key counts.
create or replace function engine.flatten_lead(p_lead jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return (
    with pairs as (
      select k.key, k.value, 1 as rank from jsonb_each(p_lead) as k
      union all
      select n.key, n.value, 2
      from jsonb_each(p_lead) as k
      cross join lateral jsonb_each(case when jsonb_typeof(k.value) = 'object' then k.value else '{}' end) as n
      -- the id of a form, a page or a campaign is not the lead's: all leads from there would be one
      where replace(lower(n.key), '-', '_') not in ('external_id', 'externalid', 'id')
        or lower(k.key) in ('lead', 'data', 'payload', 'value')
      union all
      select
        coalesce(a.item ->> 'name', a.item ->> 'column_id', a.item ->> 'column_name'),
        coalesce(a.item -> 'string_value', a.item -> 'value', a.item -> 'values' -> 0), 3
      from jsonb_each(p_lead) as k
      cross join lateral jsonb_array_elements(case when jsonb_typeof(k.value) = 'array' then k.value else '[]' end) as a (item)
      where jsonb_typeof(a.item) = 'object'
    )

    select coalesce(jsonb_object_agg(f.key, f.value #>> '{}'), '{}')
    from (
      select distinct on (p.key) p.key, p.value
      from pairs as p
      where p.key is not null and jsonb_typeof(p.value) in ('string', 'number', 'boolean')
      order by p.key, p.rank
    ) as f
  );
end
$$;
comment on function engine.flatten_lead(jsonb) is 'A posted lead as {key: text}; what is neither text, number nor boolean is left out.';
revoke all on function engine.flatten_lead(jsonb) from public;
