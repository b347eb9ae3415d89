-- Stored events whose attempt is known, with what each says. A booking that an assistant made through a
-- tool during the call counts even when the report does not repeat it.
create or replace function engine.read_events(p_events engine.event_ref[])
returns setof engine.event_reading
language sql
stable
set search_path = ''
as $$
  select
    e.provider, e.event_key, a.team_id, a.id, a.job_id, e.provider_id,
    case
      when e.provider = 'vapi' and (r.reading).kind = 'final' and (r.reading).outcome <> 'opted_out'
        and engine.has_booked_by_tool(a.team_id, a.id)
        then ((r.reading).kind, 'booked', (r.reading).scope, (r.reading).reason_code, (r.reading).words)::engine.reading
      else r.reading
    end
  from unnest(p_events) as p
  inner join engine.events as e on p.provider = e.provider and p.event_key = e.event_key and e.result = 'waiting'
  cross join lateral engine.find_attempt(e.provider, e.attempt_id, e.provider_id, e.secret_name) as a
  cross join lateral (
    select case e.provider
      when 'vapi' then engine.read_vapi_event(e.type, e.payload)
      else engine.read_twilio_event(e.type, e.payload)
    end as reading
  ) as r
$$;
comment on function engine.read_events(engine.event_ref[]) is 'Waiting events whose attempt is known, read.';
revoke all on function engine.read_events(engine.event_ref[]) from public;
