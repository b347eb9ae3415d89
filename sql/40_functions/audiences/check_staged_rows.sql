-- For workers that copy a large file side by side: each checks the rows that it has just copied, and commits
-- them. Another connection holds the run meanwhile and stores them in the end, or nobody does.
create or replace function engine.check_staged_rows(p_team_id uuid, p_run_id uuid, p_first bigint, p_last bigint)
returns void
language plpgsql
security definer -- workers may write no table but the staging
set search_path = ''
as $$
begin
  perform engine.join_run(p_team_id, p_run_id);
  -- what a crash takes here is checked again from the file; the disk waits for the end of the run
  perform set_config('synchronous_commit', 'off', true);
  perform engine.check_usual_rows(p_team_id, p_run_id, p_first, p_last);
  perform engine.check_other_rows(p_team_id, p_run_id, p_first, p_last);
end
$$;
comment on function engine.check_staged_rows(uuid, uuid, bigint, bigint) is 'Checks staged rows of a running run, from one row number to another.';
revoke all on function engine.check_staged_rows(uuid, uuid, bigint, bigint) from public;
grant execute on function engine.check_staged_rows(uuid, uuid, bigint, bigint) to outbound_worker;
