-- The end of a refresh, in one transaction: whom the source names is checked like the rows of a file, then
-- the list is made to hold just those. It fails, and the list stays, when the source gave nothing at all,
-- which is more likely a fault than a fact, and when not one row can be used.
create or replace function engine.finish_refresh(p_team_id uuid, p_run_id uuid, p_is_source_empty boolean)
returns public.audience_runs
language plpgsql
security definer -- workers may write no table
set search_path = ''
set jit = off
as $$
declare
  v_run public.audience_runs := engine.lock_run(p_team_id, p_run_id, '{RUNNING}');
begin
  if p_is_source_empty and exists (
    select from public.audience_members as m where m.team_id = p_team_id and m.list_id = v_run.list_id
  ) then
    v_run.status := 'FAILED';
    v_run.failure_code := 'source_empty';
    v_run.failure_message := 'ServiceTitan gave nothing at all, which is more likely a fault than a fact; the list is as it was.';
    return engine.end_run(v_run);
  end if;
  v_run.mapping := engine.stage_subject(p_team_id, p_run_id, v_run.source, v_run.definition, v_run.started_at);
  update public.audience_runs as r set mapping = v_run.mapping where r.team_id = p_team_id and r.id = p_run_id;
  v_run := engine.check_fetched_rows(v_run);
  if v_run.fetched_count > 0 and v_run.rejected_count = v_run.fetched_count then
    v_run.status := 'FAILED';
    v_run.failure_code := 'rows_rejected';
    v_run.failure_message := engine.refusal_of_run(v_run);
    return engine.end_run(v_run);
  end if;
  perform engine.keep_member_work(p_team_id, p_run_id); -- before members are added: a campaign may enroll them at once
  v_run.added_count := engine.store_run(p_team_id, p_run_id, v_run.list_id);
  perform engine.update_member_facts(v_run);
  perform engine.keep_member_jobs(p_team_id, p_run_id);
  v_run.removed_count := engine.remove_members(v_run);
  return engine.end_stored_run(v_run);
end
$$;
comment on function engine.finish_refresh(uuid, uuid, boolean) is
'Replaces the members of a list by those whom its running refresh found; returns the run as it ended.';
revoke all on function engine.finish_refresh(uuid, uuid, boolean) from public;
grant execute on function engine.finish_refresh(uuid, uuid, boolean) to outbound_worker;
