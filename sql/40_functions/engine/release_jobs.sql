-- Carries out the gate's verdicts on jobs that it did not let through, and logs them. The caller has locked
-- the jobs. A job that the clock of the law holds back is not late: its due time moves along.
create or replace function engine.release_jobs(p_verdicts engine.verdict[], p_asked_by text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  -- Mostly everything passes, and nothing is to be done.
  if not exists (select from unnest(p_verdicts) as v where v.decision <> 'pass') then
    return;
  end if;
  perform engine.log_verdicts(p_verdicts, p_asked_by);
  update engine.jobs as j
  set
    status = 'READY', lease_owner = null, lease_expires_at = null,
    run_at = coalesce(v.run_at, j.run_at), due_at = coalesce(v.due_at, j.due_at)
  from unnest(p_verdicts) as v
  where v.decision in ('defer', 'hold') and j.team_id = v.team_id and j.id = v.job_id
    -- A READY job that is held stays as it is: no write, no counting.
    and (j.status = 'CLAIMED' or (j.status = 'READY' and v.decision = 'defer'));
  perform engine.close_jobs(array(
    select (v.team_id, v.job_id, v.reason_code, v.enrollment_status)::engine.closed_job
    from unnest(p_verdicts) as v
    where v.decision = 'close'
  ));
end
$$;
comment on function engine.release_jobs(engine.verdict[], text) is
'Defers, holds or closes jobs as the gate said, and logs why; p_asked_by is claim or begin.';
revoke all on function engine.release_jobs(engine.verdict[], text) from public;
