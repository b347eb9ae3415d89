-- A worker begins a queued run, or takes one up again that it began. Rows that were staged before a
-- crash are still there, and staging them again changes nothing.
create or replace function engine.start_run(p_team_id uuid, p_run_id uuid)
returns table (list_id uuid, source public.audience_source, mapping jsonb, lease_expires_at timestamptz)
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  perform engine.lock_run(p_team_id, p_run_id, '{QUEUED,RUNNING}');
  return query
  update public.audience_runs as r
  set status = 'RUNNING', started_at = coalesce(r.started_at, engine.now()), lease_expires_at = engine.now() + engine.run_lease()
  where r.team_id = p_team_id and r.id = p_run_id
  returning r.list_id, r.source, r.mapping, r.lease_expires_at;
end
$$;
comment on function engine.start_run(uuid, uuid) is
'Moves a run to RUNNING and leases it; in a running one it renews the lease. The caller''s transaction holds the run.';
revoke all on function engine.start_run(uuid, uuid) from public;
grant execute on function engine.start_run(uuid, uuid) to outbound_worker;
