-- Ends jobs with what came of them and moves their enrollments on, in one transaction.
create or replace function engine.finish_jobs(p_finished engine.finished_job[])
returns integer
language plpgsql
set search_path = ''
as $$
begin
  if cardinality(p_finished) = 0 then
    return 0;
  end if;
  perform
  from unnest(p_finished) as f
  inner join engine.jobs as j on f.team_id = j.team_id and f.job_id = j.id
  order by j.id
  for update of j;
  return engine.end_jobs(p_finished);
end
$$;
comment on function engine.finish_jobs(engine.finished_job[]) is
'Ends jobs in flight with their outcomes and moves their enrollments on; returns how many it ended.';
revoke all on function engine.finish_jobs(engine.finished_job[]) from public;
