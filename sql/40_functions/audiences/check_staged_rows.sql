-- For a worker that copies a file: checks what it has copied so far while it reads on. Rows must come in
-- order of their numbers; finish_run checks what is left.
create or replace function engine.check_staged_rows(p_team_id uuid, p_run_id uuid)
returns void
language plpgsql
security definer -- workers may write no table but the staging
set search_path = ''
as $$
begin
  perform engine.lock_run(p_team_id, p_run_id, '{RUNNING}');
  perform engine.check_new_rows(p_team_id, p_run_id);
end
$$;
comment on function engine.check_staged_rows(uuid, uuid) is 'Checks the rows of a running run that were staged since the last time.';
revoke all on function engine.check_staged_rows(uuid, uuid) from public;
grant execute on function engine.check_staged_rows(uuid, uuid) to outbound_worker;
