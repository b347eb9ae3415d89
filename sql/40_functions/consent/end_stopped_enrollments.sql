-- The journeys of people who said stop are over, also between two jobs.
create or replace function engine.end_stopped_enrollments(p_stops engine.stop[])
returns void
language sql
volatile
set search_path = ''
as $$
  update engine.enrollments as e
  set status = 'OPTED_OUT', reason_code = 'opted_out', ended_at = engine.now()
  from unnest(p_stops) as s
  where e.team_id = s.team_id and e.phone = s.phone and e.status = 'ACTIVE' and s.reason = 'opted_out'
    and s.channel is null
$$;
comment on function engine.end_stopped_enrollments(engine.stop[]) is
'Ends the active enrollments of numbers that opted out of every channel.';
revoke all on function engine.end_stopped_enrollments(engine.stop[]) from public;
