-- Targeting as it is kept: whole numbers, nothing twice, no key that says nothing. It has been found in
-- order before.
create or replace function engine.read_targeting(p_targeting jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(k.name, (
    select jsonb_agg(distinct v.written::bigint) from jsonb_array_elements_text(k.value) as v (written)
  )), '{}')
  from jsonb_each(p_targeting) as k (name, value)
  where k.value not in ('null', '[]')
$$;
comment on function engine.read_targeting(jsonb) is '{tags?[number], campaigns?[number], business_units?[number]}.';
revoke all on function engine.read_targeting(jsonb) from public;
