-- The id that a lead has at its source, by the names that sources give it.
create or replace function engine.lead_id_of(p_lead jsonb)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return (
    select left(btrim(f.value), 200)
    from jsonb_each_text(p_lead) as f
    inner join unnest(array['external_id', 'externalid', 'lead_id', 'leadid', 'leadgen_id', 'id']) with ordinality as n (name, rank)
      on replace(lower(f.key), '-', '_') = n.name
    where btrim(f.value) <> ''
    order by n.rank
    limit 1
  );
end
$$;
comment on function engine.lead_id_of(jsonb) is 'The source''s id in a flat lead; null when it has none.';
revoke all on function engine.lead_id_of(jsonb) from public;
