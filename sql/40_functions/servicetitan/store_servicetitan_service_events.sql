-- Recurring service events of an export; see store_servicetitan_customers.
create or replace function engine.store_servicetitan_service_events(p_team_id uuid, p_records jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_count bigint;
begin
  insert into engine.servicetitan_service_events as k (
    team_id, id, recurring_service_id, membership_id, status, due_at, job_id, is_active, modified_at
  )
  select distinct on (r.id)
    p_team_id, r.id, r.location_recurring_service_id, r.membership_id, r.status, r.date, r.job_id,
    coalesce(r.active, true), r.modified_on
  from jsonb_to_recordset(p_records) as r (
    id bigint, active boolean, modified_on timestamptz, location_recurring_service_id bigint,
    membership_id bigint, status text, date timestamptz, job_id bigint
  )
  where r.id is not null
  order by r.id, r.modified_on desc nulls last
  on conflict (team_id, id) do update set
    recurring_service_id = excluded.recurring_service_id, membership_id = excluded.membership_id,
    status = excluded.status, due_at = excluded.due_at, job_id = excluded.job_id,
    is_active = excluded.is_active, modified_at = excluded.modified_at
  where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.store_servicetitan_service_events(uuid, jsonb) is
'Stores records of the export service_events, newer over older; returns how many changed anything.';
revoke all on function engine.store_servicetitan_service_events(uuid, jsonb) from public;
