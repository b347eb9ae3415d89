-- Another try, now: of a job that waits for one (the gate judges it as every other), or of one that failed and
-- ended its journey, which goes on with a new visit as with retry_failed_enrollments.
create or replace function public.retry_job(p_job_id uuid, p_dry_run boolean default false)
returns jsonb
language plpgsql
security definer -- writes the engine, which no role may write; engine.take_job asks engine.require_role
set search_path = ''
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_job engine.jobs := engine.require_job(p_job_id, 'operator');
  v_campaign public.campaigns;
  v_run_at timestamptz := date_trunc('second', engine.now());
begin
  -- Campaigns come before jobs in the order of locks.
  if v_job.status = 'FAILED' then
    if not v_dry_run then
      perform engine.hold_places(v_job.team_id, v_job.campaign_id);
    end if;
    v_campaign := engine.take_campaign(v_job.campaign_id, 'retry', v_dry_run);
  end if;
  v_job := engine.take_job(p_job_id, 'retry', 'READY', v_dry_run);
  if v_job.status = 'FAILED' and v_campaign.id is null then
    -- It was under way a moment ago, and its campaign can't be taken behind it.
    perform engine.refuse(
      'OB002', 'It has failed just now.',
      jsonb_build_object(
        'entity', 'job', 'id', v_job.id, 'from', v_job.status, 'to', 'READY', 'action', 'retry',
        'allowed', engine.legal_steps('job', v_job.status::text)
      ),
      'Ask again.'
    );
  end if;
  if v_job.status = 'FAILED' and not v_dry_run then
    perform engine.reopen_campaign(v_campaign);
    perform engine.reopen_enrollments(v_campaign, null, array[v_job.enrollment_id]);
    select j.run_at into v_run_at
    from engine.jobs as j
    where j.team_id = v_job.team_id and j.enrollment_id = v_job.enrollment_id and j.status = 'READY';
  elsif not v_dry_run then
    update engine.jobs as j
    set run_at = v_run_at
    where j.team_id = v_job.team_id and j.id = v_job.id;
    perform pg_notify('outbound_jobs', v_job.channel::text);
  end if;
  return engine.tell_job_step(
    v_job, 'READY', v_dry_run,
    case
      when v_job.status = 'FAILED' then format(
        'The %s to %s %s tried again as a new visit of its node, with a whole budget of retries.', v_job.channel, v_job.phone,
        engine.tense(v_dry_run)
      )
      else format(
        'The %s to %s, which waited for another try, %s due now; the gate has the last word.', v_job.channel, v_job.phone,
        engine.tense(v_dry_run)
      )
    end,
    case when v_job.status <> 'FAILED' or not v_dry_run then v_run_at end
  );
end
$$;
comment on function public.retry_job(uuid, boolean) is
'Tries a job again that waits for another try, or that failed and ended its journey (a new job is made): {job_id, '
'enrollment_id, from, to, dry_run, at, message, run_at}. With p_dry_run nothing changes. OB002, OB004, OB007, OB008.';
revoke all on function public.retry_job(uuid, boolean) from public;
grant execute on function public.retry_job(uuid, boolean) to authenticated, service_role;
