-- The ServiceTitan ids that bookings carry, kept at the enrollment that the job is credited with. Each message of the
-- call may have some: a tool's arguments, the report's data; what comes last counts.
create or replace function engine.note_bookings(p_readings engine.event_reading[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  update engine.enrollments as e
  set booking = k.ids
  from (
    select j.team_id, j.enrollment_id, j.id as job_id, coalesce((
      select jsonb_object_agg(i.key, i.value order by v.received_at, v.event_key)
      from engine.events as v
      cross join lateral engine.vapi_message(v.payload) as m (message)
      cross join lateral (
        select m.message -> 'analysis' -> 'structuredData' as said
        union all
        select a from engine.tool_arguments(m.message) as a where v.type = 'tool-calls'
      ) as s
      cross join lateral jsonb_each(engine.booking_ids(s.said)) as i (key, value)
      where v.team_id = b.team_id and v.attempt_id = b.attempt_id
    ), '{}') as ids
    from (
      select distinct r.team_id, r.attempt_id, r.job_id from unnest(p_readings) as r where (r.reading).outcome = 'booked'
    ) as b
    inner join engine.jobs as j on b.team_id = j.team_id and b.job_id = j.id
  ) as k
  where e.team_id = k.team_id and e.id = k.enrollment_id and e.booked_job_id = k.job_id and k.ids <> '{}'
    and e.booking is distinct from k.ids;
end
$$;
comment on function engine.note_bookings(engine.event_reading[]) is 'Keeps the ServiceTitan ids of bookings with the enrollments that they are credited to.';
revoke all on function engine.note_bookings(engine.event_reading[]) from public;
