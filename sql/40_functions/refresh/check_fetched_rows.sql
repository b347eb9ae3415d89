-- Checks the staged rows of a run, marks those that are not stored, and counts them by what becomes of them.
create or replace function engine.check_fetched_rows(p_run public.audience_runs)
returns public.audience_runs
language plpgsql
set search_path = ''
as $$
begin
  perform engine.check_run(p_run.team_id, p_run.id);
  perform engine.mark_duplicates(p_run.team_id, p_run.id);
  perform engine.mark_excluded(p_run.team_id, p_run.id, engine.exclusions_of_run(p_run));
  return engine.count_rows(p_run);
end
$$;
comment on function engine.check_fetched_rows(public.audience_runs) is 'The run with the counts of its checked rows.';
revoke all on function engine.check_fetched_rows(public.audience_runs) from public;
