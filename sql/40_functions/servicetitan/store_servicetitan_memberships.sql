-- Memberships of an export; see store_servicetitan_customers.
create or replace function engine.store_servicetitan_memberships(p_team_id uuid, p_records jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_count bigint;
begin
  insert into engine.servicetitan_memberships as k (
    team_id, id, customer_id, location_id, status, type_id, business_unit_id, starts_at, ends_at, is_active,
    modified_at
  )
  select distinct on (r.id)
    p_team_id, r.id, r.customer_id, r.location_id, r.status, r.membership_type_id, r.business_unit_id,
    r.starts_on, r.ends_on, coalesce(r.active, true), r.modified_on
  from jsonb_to_recordset(p_records) as r (
    id bigint, active boolean, modified_on timestamptz, customer_id bigint, location_id bigint, status text,
    membership_type_id bigint, business_unit_id bigint, starts_on timestamptz, ends_on timestamptz
  )
  where r.id is not null
  order by r.id, r.modified_on desc nulls last
  on conflict (team_id, id) do update set
    customer_id = excluded.customer_id, location_id = excluded.location_id, status = excluded.status,
    type_id = excluded.type_id, business_unit_id = excluded.business_unit_id, starts_at = excluded.starts_at,
    ends_at = excluded.ends_at,
    is_active = excluded.is_active, modified_at = excluded.modified_at
  where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.store_servicetitan_memberships(uuid, jsonb) is
'Stores records of the export memberships, newer over older; returns how many changed anything.';
revoke all on function engine.store_servicetitan_memberships(uuid, jsonb) from public;
