-- Stored events whose attempt is known, with what each says. A booking that an assistant made through a
-- tool during the call counts even when the report does not repeat it.
create or replace function engine.read_events(p_events engine.event_ref[])
returns setof engine.event_reading
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  with told as materialized (
    select
      e.provider, e.event_key, a.team_id, a.id as attempt_id, a.job_id, e.provider_id, e.type, e.payload,
      case
        when e.provider <> 'vapi' then null
        when e.payload ? 'message' then engine.vapi_message(e.payload)
        else e.payload
      end as message
    from unnest(p_events) as p
    inner join engine.events as e on p.provider = e.provider and p.event_key = e.event_key
    -- Put so that only the index of ids can be used: to a plan that was made when the ledger was empty all of the team
    -- look as short, and each event would read every attempt.
    inner join engine.attempts as a on e.attempt_id = a.id and e.team_id is not distinct from a.team_id
  ),

  readings as materialized (
    select t.*, case t.provider
      when 'vapi' then engine.read_vapi_message(t.type, t.message, c.outcome, c.scope)
      else engine.read_twilio_event(t.type, t.payload)
    end as reading
    from told as t
    left join engine.classify_ended_reasons(array(
      select distinct r.message ->> 'endedReason' from told as r where r.provider = 'vapi'
    )) as c on t.message ->> 'endedReason' is not distinct from c.ended_reason
  )

  select
    r.provider, r.event_key, r.team_id, r.attempt_id, r.job_id, r.provider_id,
    case
      when r.provider = 'vapi' and (r.reading).kind = 'final' and (r.reading).outcome <> 'opted_out'
        and exists (
          select from engine.events as t
          where t.team_id = r.team_id and t.attempt_id = r.attempt_id and t.type = 'tool-calls'
        )
        and engine.has_booked_by_tool(r.team_id, r.attempt_id)
        then ((r.reading).kind, 'booked', (r.reading).scope, (r.reading).reason_code, (r.reading).words)::engine.reading
      else r.reading
    end
  from readings as r;
end
$$;
comment on function engine.read_events(engine.event_ref[]) is 'Events whose attempt is known, read.';
revoke all on function engine.read_events(engine.event_ref[]) from public;
