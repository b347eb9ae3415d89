-- Whom jobs that have ended reached, and which node made a booking: the first one that did, once, whatever comes after
-- and however the journey ends. The caller holds the enrollments.
create or replace function engine.credit_outcomes(p_ended engine.ended_job[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_now constant timestamptz := engine.now();
begin
  update engine.enrollments as e
  set
    reached_at = coalesce(e.reached_at, v_now),
    booked_at = case when f.outcome = 'booked' then coalesce(e.booked_at, v_now) else e.booked_at end,
    booked_node_id = case when f.outcome = 'booked' and e.booked_at is null then j.node_id else e.booked_node_id end,
    booked_job_id = case when f.outcome = 'booked' and e.booked_at is null then j.id else e.booked_job_id end
  from unnest(p_ended) as f
  inner join engine.jobs as j on f.team_id = j.team_id and f.job_id = j.id
  where e.team_id = j.team_id and e.id = j.enrollment_id
    and (e.reached_at is null or (f.outcome = 'booked' and e.booked_at is null))
    and (j.delivered_at is not null or (
      j.channel = 'call' and j.status = 'DONE' and j.outcome in ('answered', 'booked', 'opted_out')
    ));
end
$$;
comment on function engine.credit_outcomes(engine.ended_job[]) is 'Marks enrollments reached and booked by jobs that have ended.';
revoke all on function engine.credit_outcomes(engine.ended_job[]) from public;
