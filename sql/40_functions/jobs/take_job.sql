-- The beginning of what an operator does to a job: it is hers, the role allows it, nobody else moves it until
-- the end of the transaction, and its state allows it. A dry run locks nothing. Campaigns come before
-- jobs in the order of locks.
create or replace function engine.take_job(p_job_id uuid, p_action text, p_to public.job_status, p_dry_run boolean)
returns engine.jobs
language plpgsql
set search_path = ''
as $$
declare
  v_job engine.jobs := engine.require_job(p_job_id, 'operator');
  v_refusal text;
begin
  if not p_dry_run then
    perform from engine.jobs as j where j.team_id = v_job.team_id and j.id = v_job.id for update;
    -- What was waited for may have ended it, or taken it to the history.
    v_job := engine.require_job(p_job_id, 'operator');
  end if;
  v_refusal := engine.job_refusal(v_job, p_action);
  if v_refusal is not null then
    perform engine.refuse(
      'OB002', v_refusal,
      jsonb_build_object(
        'entity', 'job', 'id', v_job.id, 'from', v_job.status, 'to', p_to, 'action', p_action,
        'allowed', engine.legal_steps('job', v_job.status::text)
      ),
      'get_job says what is open to it now.'
    );
  end if;
  return v_job;
end
$$;
comment on function engine.take_job(uuid, text, public.job_status, boolean) is
'The job that an operator is about to act on, locked unless it is a dry run: OB002, OB004, OB008.';
revoke all on function engine.take_job(uuid, text, public.job_status, boolean) from public;
