-- A booking that was told after its job had ended otherwise: what is still to come is called off. The
-- report may come after the call was asked for, and a tool may be told of after the report. A journey that is
-- over keeps its end, but knows of the booking: whoever has booked is not tried again.
create or replace function engine.book_late(p_readings engine.event_reading[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  update engine.enrollments as e
  set
    booked_at = engine.now(), reached_at = coalesce(e.reached_at, engine.now()), booked_node_id = j.node_id, booked_job_id = j.id
  from unnest(p_readings) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  where (r.reading).outcome = 'booked' and j.finished_at is not null
    and e.team_id = j.team_id and e.id = j.enrollment_id and e.booked_at is null;
  perform engine.close_jobs(array(
    select (k.team_id, k.id, 'booked', 'BOOKED')::engine.closed_job
    from unnest(p_readings) as r
    inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
    inner join engine.jobs as k on j.team_id = k.team_id and j.enrollment_id = k.enrollment_id
    where (r.reading).outcome = 'booked' and j.finished_at is not null and j.outcome is distinct from 'booked'
      and k.status in ('READY', 'CLAIMED')
    order by k.id
    for update of k
  ));
end
$$;
comment on function engine.book_late(engine.event_reading[]) is 'Marks enrollments booked whose job had ended otherwise, and calls off their open jobs.';
revoke all on function engine.book_late(engine.event_reading[]) from public;
