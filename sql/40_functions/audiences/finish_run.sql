-- Checks every staged row, then stores all that is right or nothing: with rows that cannot be used, and
-- unless a partial import was asked for, the run ends as FAILED with a problem for each row. The list
-- of a first import is made here, when it is sure to have members.
create or replace function engine.finish_run(p_team_id uuid, p_run_id uuid)
returns public.audience_runs
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_run public.audience_runs := engine.lock_run(p_team_id, p_run_id, '{RUNNING}');
begin
  v_run := engine.check_fetched_rows(v_run);
  v_run.failure_message := engine.refusal_of_run(v_run);
  if v_run.failure_message is not null then
    v_run.status := 'FAILED';
    v_run.failure_code := case when v_run.fetched_count = 0 then 'no_rows' else 'rows_rejected' end;
    return engine.end_run(v_run);
  end if;
  if v_run.list_id is null then
    v_run.list_id := engine.new_list(p_team_id, v_run.list_name, v_run.source, '{}');
  end if;
  v_run.added_count := engine.store_run(p_team_id, p_run_id, v_run.list_id);
  return engine.end_stored_run(v_run);
end
$$;
comment on function engine.finish_run(uuid, uuid) is
'Checks the staged rows of a running run and stores them, or refuses them all; returns the run as it ended.';
revoke all on function engine.finish_run(uuid, uuid) from public;
grant execute on function engine.finish_run(uuid, uuid) to outbound_worker;
