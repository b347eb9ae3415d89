-- Calls off a job that has not begun, and with it the contact's journey through the campaign. What a provider
-- may have is left to finish.
create or replace function public.cancel_job(p_job_id uuid, p_dry_run boolean default false)
returns jsonb
language plpgsql
security definer -- writes the engine, which no role may write; engine.take_job asks engine.require_role
set search_path = ''
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_job engine.jobs := engine.take_job(p_job_id, 'cancel', 'CANCELLED', v_dry_run);
begin
  if not v_dry_run then
    perform engine.close_jobs(array[
      (v_job.team_id, v_job.id, 'cancelled_by_operator', 'CANCELLED')::engine.closed_job
    ]);
  end if;
  return engine.tell_job_step(
    v_job, 'CANCELLED', v_dry_run,
    format(
      'The %s to %s %s called off, and the journey through the campaign ends with it.', v_job.channel, v_job.phone,
      engine.tense(v_dry_run)
    ),
    null
  );
end
$$;
comment on function public.cancel_job(uuid, boolean) is
'Cancels a job that has not begun, and its enrollment: {job_id, enrollment_id, from, to, dry_run, at, message, run_at}. With '
'p_dry_run nothing changes. OB002, OB004, OB008.';
revoke all on function public.cancel_job(uuid, boolean) from public;
grant execute on function public.cancel_job(uuid, boolean) to authenticated, service_role;
