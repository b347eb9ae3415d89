-- The journeys of people who are stopped on every channel are over, also between two jobs. Found by their
-- numbers: "is true" keeps a planner without statistics from going through all of a team's.
create or replace function engine.end_stopped_enrollments(p_stops engine.stop[])
returns void
language sql
volatile
set search_path = ''
as $$
  update engine.enrollments as e
  set
    status = engine.final_status(w.status, e.booked_at is not null),
    reason_code = case engine.final_status(w.status, e.booked_at is not null)
      when 'BOOKED' then 'booked' when 'OPTED_OUT' then s.reason else 'suppressed_' || s.reason
    end,
    ended_at = engine.now()
  from unnest(p_stops) as s
  cross join lateral (
    select case s.reason when 'opted_out' then 'OPTED_OUT' else 'SUPPRESSED' end::public.enrollment_status as status
  ) as w
  where e.phone = s.phone and (e.team_id = s.team_id) is true and e.status = 'ACTIVE' and s.channel is null
$$;
comment on function engine.end_stopped_enrollments(engine.stop[]) is
'Ends the active enrollments of numbers that are stopped on every channel.';
revoke all on function engine.end_stopped_enrollments(engine.stop[]) from public;
