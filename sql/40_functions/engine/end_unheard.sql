-- Ends jobs of which no provider told the end, as far as it can be guessed. What was heard before holds: when the
-- assistant booked through a tool during the call, she has booked, and is not called or texted as somebody who has not.
create or replace function engine.end_unheard(p_ends engine.event_reading[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_ends constant engine.event_reading[] := array(
    select case
      when u.provider = 'vapi' and engine.has_booked_by_tool(u.team_id, u.attempt_id) then (
        u.provider, u.event_key, u.team_id, u.attempt_id, u.job_id, ('final', 'booked', 'job', 'tool_call', null)::engine.reading
      )::engine.event_reading
      else u
    end
    from unnest(p_ends) as u
  );
begin
  if cardinality(v_ends) = 0 then
    return;
  end if;
  perform engine.finish_jobs(array(
    select (u.team_id, u.job_id, (u.reading).outcome, (u.reading).reason_code, null)::engine.finished_job from unnest(v_ends) as u
  ));
  perform engine.note_bookings(v_ends);
end
$$;
comment on function engine.end_unheard(engine.event_reading[]) is
'Ends jobs whose end nobody told, with the outcome that is given or a booking that was made by a tool.';
revoke all on function engine.end_unheard(engine.event_reading[]) from public;
