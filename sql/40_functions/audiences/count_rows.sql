-- What became of the rows of a run whose check is complete; their problems are kept by row.
create or replace function engine.count_rows(p_run public.audience_runs)
returns public.audience_runs
language plpgsql
set search_path = ''
as $$
declare
  v_run public.audience_runs := p_run;
begin
  select
    count(*), count(*) filter (where c.verdict = 'rejected'), count(*) filter (where c.verdict = 'duplicate'),
    count(*) filter (where c.verdict = 'excluded')
  into v_run.fetched_count, v_run.rejected_count, v_run.duplicate_count, v_run.excluded_count
  from engine.checked_rows as c
  where c.team_id = v_run.team_id and c.run_id = v_run.id;
  v_run.warning_count := engine.record_run_errors(v_run);
  return v_run;
end
$$;
comment on function engine.count_rows(public.audience_runs) is 'The run with the counts of its checked rows, whose problems are stored.';
revoke all on function engine.count_rows(public.audience_runs) from public;
