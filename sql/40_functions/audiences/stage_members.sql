-- Rows of a running run, in batches; COPY into engine.import_rows is the way for whole files. The
-- same row again is ignored, so a worker that crashed may send a batch twice.
create or replace function engine.stage_members(p_team_id uuid, p_run_id uuid, p_rows jsonb)
returns bigint
language plpgsql
security definer -- workers may write no table but the staging
set search_path = ''
as $$
declare
  v_count bigint;
begin
  perform engine.lock_run(p_team_id, p_run_id, '{RUNNING}');
  update public.audience_runs as r
  set lease_expires_at = engine.now() + engine.run_lease()
  where r.team_id = p_team_id and r.id = p_run_id;
  insert into engine.import_rows (
    team_id, run_id, row_number, phone, first_name, last_name, full_name, email, timezone, postal_code,
    servicetitan_customer_id, reader_problem
  )
  select
    p_team_id, p_run_id, r.row_number, r.phone, r.first_name, r.last_name, r.full_name, r.email, r.timezone,
    r.postal_code, r.servicetitan_customer_id, r.reader_problem
  from jsonb_to_recordset(p_rows) as r (
    row_number bigint, phone text, first_name text, last_name text, full_name text, email text, timezone text,
    postal_code text, servicetitan_customer_id text, reader_problem text
  )
  on conflict (team_id, run_id, row_number) do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.stage_members(uuid, uuid, jsonb) is
'Stages rows [{row_number, phone, first_name, …}] of a running run and renews its lease; returns how many are new.';
revoke all on function engine.stage_members(uuid, uuid, jsonb) from public;
grant execute on function engine.stage_members(uuid, uuid, jsonb) to outbound_worker;
