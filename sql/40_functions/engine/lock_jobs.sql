-- Locks jobs in order of id, as everybody does who ends them, so that two who want the same at once don't wait in a circle.
create or replace function engine.lock_jobs(p_job_ids uuid[])
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off -- a plan that is kept must not read all because the table was empty when it was made
as $$
begin
  if cardinality(p_job_ids) > 0 then
    perform
    from engine.jobs as j
    where j.id = any(p_job_ids)
    order by j.id
    for update of j;
  end if;
end
$$;
comment on function engine.lock_jobs(uuid[]) is 'Locks jobs against whoever else would end them, in order of id.';
revoke all on function engine.lock_jobs(uuid[]) from public;
