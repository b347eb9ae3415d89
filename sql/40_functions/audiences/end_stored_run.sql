-- Who was stored and did not come new into the list was in it before.
create or replace function engine.end_stored_run(p_run public.audience_runs)
returns public.audience_runs
language plpgsql
set search_path = ''
as $$
declare
  v_run public.audience_runs := p_run;
begin
  v_run.updated_count := v_run.fetched_count - v_run.excluded_count - v_run.rejected_count - v_run.duplicate_count
    - v_run.added_count;
  v_run.status := case when v_run.rejected_count > 0 then 'PARTIAL'::public.run_status else 'SUCCEEDED' end;
  return engine.end_run(v_run);
end
$$;
comment on function engine.end_stored_run(public.audience_runs) is 'Ends a run whose rows are stored, as SUCCEEDED or PARTIAL.';
revoke all on function engine.end_stored_run(public.audience_runs) from public;
