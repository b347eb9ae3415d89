-- Stored events whose attempt is known, with what each says. A booking that an assistant made through a
-- tool during the call counts even when the report does not repeat it.
create or replace function engine.read_events(p_events engine.told_event[])
returns setof engine.event_reading
language plpgsql
stable
set search_path = ''
as $$
declare
  v_of_vapi constant engine.told_event[] := array(select e from unnest(p_events) as e where e.provider = 'vapi');
begin
  return query
  with readings as materialized (
    select e.provider, e.event_key, e.team_id, e.attempt_id, e.job_id, r.reading
    from engine.read_vapi_messages(
      array(select v.type from unnest(v_of_vapi) as v),
      array(
        select case when v.payload ? 'message' then engine.vapi_message(v.payload) else v.payload end
        from unnest(v_of_vapi) as v
      )
    ) as r
    inner join unnest(v_of_vapi) with ordinality as e (
      provider, event_key, team_id, attempt_id, job_id, attempt_status, provider_id, type, payload, n
    ) on r.ordinal = e.n
    union all
    select
      e.provider, e.event_key, e.team_id, e.attempt_id, e.job_id, engine.read_twilio_event(e.type, e.payload)
    from unnest(p_events) as e
    where e.provider <> 'vapi'
  )

  select
    r.provider, r.event_key, r.team_id, r.attempt_id, r.job_id,
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
comment on function engine.read_events(engine.told_event[]) is 'Events whose attempt is known, read.';
revoke all on function engine.read_events(engine.told_event[]) from public;
