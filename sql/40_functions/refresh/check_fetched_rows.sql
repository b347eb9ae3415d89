-- Checks the staged rows of a refresh and counts them by what becomes of them.
create or replace function engine.check_fetched_rows(p_run public.audience_runs)
returns public.audience_runs
language plpgsql
set search_path = ''
as $$
declare
  v_run public.audience_runs := p_run;
begin
  perform engine.check_run(v_run.team_id, v_run.id);
  perform engine.mark_duplicates(v_run.team_id, v_run.id);
  v_run.excluded_count := engine.mark_excluded(v_run.team_id, v_run.id, engine.exclusions_of_run(v_run));
  select count(*), count(*) filter (where c.verdict = 'rejected'), count(*) filter (where c.verdict = 'duplicate')
  into v_run.fetched_count, v_run.rejected_count, v_run.duplicate_count
  from engine.checked_rows as c
  where c.team_id = v_run.team_id and c.run_id = v_run.id;
  v_run.warning_count := engine.record_run_errors(v_run);
  return v_run;
end
$$;
comment on function engine.check_fetched_rows(public.audience_runs) is 'The run with the counts of its checked rows.';
revoke all on function engine.check_fetched_rows(public.audience_runs) from public;
