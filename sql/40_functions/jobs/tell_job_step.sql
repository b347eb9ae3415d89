-- The answer of what is done to a job, before it and after.
create or replace function engine.tell_job_step(
  p_job engine.jobs, p_to public.job_status, p_dry_run boolean, p_message text, p_run_at timestamptz
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'job_id', p_job.id, 'enrollment_id', p_job.enrollment_id, 'from', p_job.status, 'to', p_to, 'dry_run', p_dry_run,
    'at', engine.now(), 'message', p_message, 'run_at', p_run_at
  )
$$;
comment on function engine.tell_job_step(engine.jobs, public.job_status, boolean, text, timestamptz) is
'{job_id, enrollment_id, from, to, dry_run, at, message, run_at} of what is or would be done to a job.';
revoke all on function engine.tell_job_step(engine.jobs, public.job_status, boolean, text, timestamptz) from public;
