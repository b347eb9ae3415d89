-- The last step of every run: its staged rows go, its state is final.
create or replace function engine.end_run(p_run public.audience_runs)
returns public.audience_runs
language plpgsql
set search_path = ''
as $$
declare
  v_run public.audience_runs;
begin
  perform engine.forget_subject(p_run.team_id, p_run.id);
  update public.audience_runs as r
  set
    list_id = p_run.list_id,
    status = p_run.status,
    fetched_count = p_run.fetched_count,
    added_count = p_run.added_count,
    updated_count = p_run.updated_count,
    excluded_count = p_run.excluded_count,
    removed_count = p_run.removed_count,
    rejected_count = p_run.rejected_count,
    duplicate_count = p_run.duplicate_count,
    warning_count = p_run.warning_count,
    failure_code = p_run.failure_code,
    failure_message = p_run.failure_message,
    waits_for = null,
    lease_expires_at = null,
    ended_at = engine.now()
  where r.team_id = p_run.team_id and r.id = p_run.id
  returning * into v_run;
  return v_run;
end
$$;
comment on function engine.end_run(public.audience_runs) is 'Ends a run in the given state and empties its staging.';
revoke all on function engine.end_run(public.audience_runs) from public;
