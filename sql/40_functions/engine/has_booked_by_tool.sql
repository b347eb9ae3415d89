-- Whether the assistant booked through a tool during this call.
create or replace function engine.has_booked_by_tool(p_team_id uuid, p_attempt_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from engine.events as e
    where e.team_id = p_team_id and e.attempt_id = p_attempt_id and e.type = 'tool-calls'
      and (engine.read_vapi_event(e.type, e.payload)).kind = 'booking'
  )
$$;
comment on function engine.has_booked_by_tool(uuid, uuid) is 'Whether a tool-calls event of the attempt made a booking.';
revoke all on function engine.has_booked_by_tool(uuid, uuid) from public;
