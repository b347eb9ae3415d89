-- Locations of an export; see store_servicetitan_customers.
create or replace function engine.store_servicetitan_locations(p_team_id uuid, p_records jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_count bigint;
begin
  insert into engine.servicetitan_locations as k (
    team_id, id, customer_id, postal_code, tag_ids, merged_to_id, is_active, modified_at
  )
  select distinct on (r.id)
    p_team_id, r.id, r.customer_id, left(btrim(r.address ->> 'zip'), 20), coalesce(r.tag_type_ids, '{}'),
    nullif(r.merged_to_id, r.id), coalesce(r.active, true), r.modified_on
  from jsonb_to_recordset(p_records) as r (
    id bigint, active boolean, modified_on timestamptz, customer_id bigint, address jsonb,
    tag_type_ids bigint[], merged_to_id bigint
  )
  where r.id is not null
  order by r.id, r.modified_on desc nulls last
  on conflict (team_id, id) do update set
    customer_id = excluded.customer_id, postal_code = excluded.postal_code, tag_ids = excluded.tag_ids,
    merged_to_id = excluded.merged_to_id,
    is_active = excluded.is_active, modified_at = excluded.modified_at
  where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.store_servicetitan_locations(uuid, jsonb) is
'Stores records of the export locations, newer over older; returns how many changed anything.';
revoke all on function engine.store_servicetitan_locations(uuid, jsonb) from public;
