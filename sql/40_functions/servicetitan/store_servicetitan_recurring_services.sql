-- Recurring services of an export; see store_servicetitan_customers.
create or replace function engine.store_servicetitan_recurring_services(p_team_id uuid, p_records jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_count bigint;
begin
  insert into engine.servicetitan_recurring_services as k (
    team_id, id, membership_id, location_id, type_id, business_unit_id, job_type_id, is_active, modified_at
  )
  select distinct on (r.id)
    p_team_id, r.id, r.membership_id, r.location_id, r.recurring_service_type_id, r.business_unit_id,
    r.job_type_id, coalesce(r.active, true), r.modified_on
  from jsonb_to_recordset(p_records) as r (
    id bigint, active boolean, modified_on timestamptz, membership_id bigint, location_id bigint,
    recurring_service_type_id bigint, business_unit_id bigint, job_type_id bigint
  )
  where r.id is not null
  order by r.id, r.modified_on desc nulls last
  on conflict (team_id, id) do update set
    membership_id = excluded.membership_id, location_id = excluded.location_id, type_id = excluded.type_id,
    business_unit_id = excluded.business_unit_id, job_type_id = excluded.job_type_id,
    is_active = excluded.is_active, modified_at = excluded.modified_at
  where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.store_servicetitan_recurring_services(uuid, jsonb) is
'Stores records of the export recurring_services, newer over older; returns how many changed anything.';
revoke all on function engine.store_servicetitan_recurring_services(uuid, jsonb) from public;
