-- A job of the caller's teams, for a role; also one that is over for long.
create or replace function engine.require_job(p_job_id uuid, p_needs public.team_role)
returns engine.jobs
language plpgsql
stable
set search_path = ''
as $$
declare
  v_job engine.jobs;
begin
  select * into v_job from engine.all_jobs as j
  where j.team_id = any(engine.caller_team_ids()) and j.id = p_job_id;
  perform engine.require_row(v_job.team_id, 'job', p_job_id, p_needs);
  return v_job;
end
$$;
comment on function engine.require_job(uuid, public.team_role) is 'The job, when the caller may: OB004 or OB008 otherwise.';
revoke all on function engine.require_job(uuid, public.team_role) from public;
