-- A JSON array of ids as they are compared.
create or replace function engine.json_ids(p_ids jsonb)
returns bigint[]
language sql
immutable
parallel safe
set search_path = ''
as $$
  select array_agg(i.id::bigint order by i.place)
  from jsonb_array_elements_text(p_ids) with ordinality as i (id, place)
$$;
comment on function engine.json_ids(jsonb) is 'Ids of a JSON array; null of none.';
revoke all on function engine.json_ids(jsonb) from public;
