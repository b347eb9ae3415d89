-- Texts that have arrived. One that waits for a reply is not over: there is nothing to ask the provider until the
-- wait is, and whoever has it has been reached. Enrollments are locked in order of id, all that these readings are
-- about, because what they say next ends some of them.
create or replace function engine.note_delivered(p_readings engine.event_reading[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_now constant timestamptz := engine.now();
begin
  -- One that waits for nothing ends with this, and is marked then.
  update engine.jobs as j
  set delivered_at = coalesce(j.delivered_at, v_now), check_at = j.reply_deadline + interval '1 hour'
  from unnest(p_readings) as r
  where (r.reading).kind = 'delivered' and j.team_id = r.team_id and j.id = r.job_id and (
    j.reply_deadline is not null or (j.finished_at is not null and j.delivered_at is null and j.channel = 'text')
  );

  perform
  from unnest(p_readings) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  inner join engine.enrollments as e on j.team_id = e.team_id and j.enrollment_id = e.id
  order by e.id
  for update of e;
  update engine.enrollments as e
  set reached_at = v_now
  from unnest(p_readings) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  where (r.reading).kind = 'delivered' and e.team_id = j.team_id and e.id = j.enrollment_id and e.reached_at is null
    and j.delivered_at is not null;
end
$$;
comment on function engine.note_delivered(engine.event_reading[]) is 'Marks texts delivered and their contacts reached; the caller holds the jobs.';
revoke all on function engine.note_delivered(engine.event_reading[]) from public;
