-- Jobs and appointments that a refresh or a preview asked for. The same row again, from another call or
-- after a crash, is the same row. Nothing is stored for what has ended.
create or replace function engine.store_found(p_team_id uuid, p_subject_id uuid, p_kind text, p_records jsonb)
returns bigint
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_count bigint;
begin
  if not engine.is_subject_running(p_team_id, p_subject_id) then
    return 0::bigint;
  elsif p_kind = 'jobs' then
    insert into engine.servicetitan_jobs as k (
      team_id, subject_id, id, customer_id, location_id, status, business_unit_id, job_type_id, campaign_id, tag_ids,
      total, created_at, completed_at, modified_at
    )
    select distinct on (r.id)
      p_team_id, p_subject_id, r.id, r.customer_id, r.location_id, r.job_status, r.business_unit_id, r.job_type_id,
      r.campaign_id, coalesce(r.tag_type_ids, '{}'), r.total, r.created_on, r.completed_on, r.modified_on
    from jsonb_to_recordset(p_records) as r (
      id bigint, customer_id bigint, location_id bigint, job_status text, business_unit_id bigint, job_type_id bigint,
      campaign_id bigint, tag_type_ids bigint[], total numeric, created_on timestamptz, completed_on timestamptz,
      modified_on timestamptz
    )
    order by r.id, r.modified_on desc nulls last
    on conflict (team_id, subject_id, id) do update set
      customer_id = excluded.customer_id, location_id = excluded.location_id, status = excluded.status,
      business_unit_id = excluded.business_unit_id, job_type_id = excluded.job_type_id,
      campaign_id = excluded.campaign_id, tag_ids = excluded.tag_ids, total = excluded.total,
      created_at = excluded.created_at, completed_at = excluded.completed_at, modified_at = excluded.modified_at
    where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  elsif p_kind = 'appointments' then
    insert into engine.servicetitan_appointments as k (
      team_id, subject_id, id, job_id, customer_id, status, starts_at, is_unused, modified_at
    )
    select distinct on (r.id)
      p_team_id, p_subject_id, r.id, r.job_id, r.customer_id, r.status, r.start, coalesce(r.unused, false), r.modified_on
    from jsonb_to_recordset(p_records) as r (
      id bigint, job_id bigint, customer_id bigint, status text, start timestamptz, unused boolean,
      modified_on timestamptz
    )
    order by r.id, r.modified_on desc nulls last
    on conflict (team_id, subject_id, id) do update set
      job_id = excluded.job_id, customer_id = excluded.customer_id, status = excluded.status,
      starts_at = excluded.starts_at, is_unused = excluded.is_unused, modified_at = excluded.modified_at
    where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  end if;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.store_found(uuid, uuid, text, jsonb) is
'Stores jobs or appointments for a running refresh or preview; returns how many are new or changed.';
revoke all on function engine.store_found(uuid, uuid, text, jsonb) from public;
grant execute on function engine.store_found(uuid, uuid, text, jsonb) to outbound_worker;
