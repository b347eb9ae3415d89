-- Closes jobs that will not be sent, and ends their enrollments, with the reason on both. Jobs that a
-- request may already be under way for are left to finish and be counted.
create or replace function engine.close_jobs(p_closed engine.closed_job[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_closed integer;
begin
  update engine.jobs as j
  set
    status = 'CANCELLED', reason_code = c.reason_code, finished_at = engine.now(),
    lease_owner = null, lease_expires_at = null, check_at = null
  from unnest(p_closed) as c
  where j.team_id = c.team_id and j.id = c.job_id and j.status in ('READY', 'CLAIMED')
    and not engine.has_live_attempt(j.team_id, j.id);
  get diagnostics v_closed = row_count;
  perform engine.end_enrollments(
    array(select c.team_id from unnest(p_closed) as c),
    array(
      select j.enrollment_id
      from unnest(p_closed) with ordinality as c (team_id, job_id, reason_code, enrollment_status, n)
      left join engine.jobs as j on c.team_id = j.team_id and c.job_id = j.id
      order by c.n
    ),
    array(select c.enrollment_status from unnest(p_closed) as c),
    array(select c.reason_code from unnest(p_closed) as c)
  );
  return v_closed;
end
$$;
comment on function engine.close_jobs(engine.closed_job[]) is
'Cancels jobs that have not begun and ends their enrollments; returns how many jobs it cancelled.';
revoke all on function engine.close_jobs(engine.closed_job[]) from public;
