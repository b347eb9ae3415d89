-- A worker gives a run up: the file could not be read to its end, a source refused.
create or replace function engine.fail_run(p_team_id uuid, p_run_id uuid, p_code text, p_message text)
returns public.audience_runs
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_run public.audience_runs := engine.lock_run(p_team_id, p_run_id, '{QUEUED,RUNNING}');
begin
  v_run.status := 'FAILED';
  v_run.failure_code := coalesce(nullif(btrim(p_code), ''), 'unknown');
  v_run.failure_message := left(coalesce(nullif(btrim(p_message), ''), 'No reason was given.'), 2000);
  return engine.end_run(v_run);
end
$$;
comment on function engine.fail_run(uuid, uuid, text, text) is 'Ends an open run as FAILED; nothing of it is stored.';
revoke all on function engine.fail_run(uuid, uuid, text, text) from public;
grant execute on function engine.fail_run(uuid, uuid, text, text) to outbound_worker;
