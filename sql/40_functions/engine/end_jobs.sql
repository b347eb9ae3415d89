-- Ends jobs that the caller has locked; everybody else calls engine.finish_jobs. A job that has ended already is left
-- alone, so saying an outcome twice, late or out of order changes nothing.
create or replace function engine.end_jobs(p_finished engine.finished_job[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_now constant timestamptz := engine.now();
  v_ended engine.ended_job[];
begin
  if cardinality(p_finished) = 0 then
    return 0;
  end if;
  with ended as (
    update engine.jobs as j
    set
      -- What the provider never took has failed, whatever that says about the person.
      status = case
        when f.outcome in ('failed', 'undeliverable') or j.status <> 'DISPATCHED' then 'FAILED' else 'DONE'
      end::public.job_status,
      outcome = f.outcome, reason_code = f.reason_code, finished_at = v_now,
      lease_owner = null, lease_expires_at = null, check_at = null, reply_deadline = null,
      delivered_at = case
        -- Whoever answers a text has it.
        when j.channel = 'text' and (f.outcome in ('delivered', 'replied', 'opted_in', 'booked') or f.reason_code = 'inbound_text')
          then coalesce(j.delivered_at, v_now)
        else j.delivered_at
      end
    from unnest(p_finished) as f
    where j.team_id = f.team_id and j.id = f.job_id
      and (j.status = 'DISPATCHED' or (
        j.status in ('CLAIMED', 'AMBIGUOUS') and f.outcome in ('failed', 'undeliverable', 'opted_out')
      ))
    -- All that the next step asks of the job, so that nobody looks it up again.
    returning (
      f.team_id, f.job_id, f.outcome, f.reason_code, f.reply_text, j.channel, j.campaign_id, j.enrollment_id, j.contact_id,
      j.phone, j.workflow_id, j.node_id, j.visit, j.priority
    )::engine.ended_job as job
  )
  select array_agg(e.job) into v_ended from ended as e;
  if v_ended is null then
    return 0;
  end if;
  perform engine.advance_enrollments(v_ended);
  -- A line is free: whoever waits for one is dialled now, not at the next poll.
  perform pg_notify('outbound_jobs', 'call')
  where exists (select from unnest(v_ended) as f where f.channel = 'call');
  return cardinality(v_ended);
end
$$;
comment on function engine.end_jobs(engine.finished_job[]) is
'Ends jobs in flight, which the caller has locked, with their outcomes and moves their enrollments on; returns how many it ended.';
revoke all on function engine.end_jobs(engine.finished_job[]) from public;
