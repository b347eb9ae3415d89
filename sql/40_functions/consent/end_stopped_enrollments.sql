-- The journeys of people who are stopped on every channel are over, also between two jobs.
create or replace function engine.end_stopped_enrollments(p_stops engine.stop[])
returns void
language sql
volatile
set search_path = ''
as $$
  update engine.enrollments as e
  set
    status = n.status,
    reason_code = case n.status when 'BOOKED' then 'booked' when 'OPTED_OUT' then s.reason else 'suppressed_' || s.reason end,
    ended_at = engine.now()
  from unnest(p_stops) as s
  inner join engine.enrollments as a on s.team_id = a.team_id and s.phone = a.phone and a.status = 'ACTIVE'
  cross join lateral (
    select engine.final_status(
      case when s.reason = 'opted_out' then 'OPTED_OUT' else 'SUPPRESSED' end::public.enrollment_status,
      a.booked_at is not null
    ) as status
  ) as n
  where e.team_id = a.team_id and e.id = a.id and e.status = 'ACTIVE' and s.channel is null
$$;
comment on function engine.end_stopped_enrollments(engine.stop[]) is
'Ends the active enrollments of numbers that are stopped on every channel.';
revoke all on function engine.end_stopped_enrollments(engine.stop[]) from public;
