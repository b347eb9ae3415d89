-- Reads a Vapi server message, or a call object that was asked for. Only the report after a call (or
-- the ended call itself, when asked for) is final: it alone knows of bookings and opt-outs.
create or replace function engine.read_vapi_event(p_type text, p_payload jsonb)
returns engine.reading
language sql
stable
set search_path = ''
as $$
  select case
    when p_type = 'tool-calls' and engine.tools_mean(t.names, 'opt_out')
      then ('opt_out', null, 'job', 'tool_call', null)::engine.reading
    when p_type = 'tool-calls' and engine.tools_mean(t.names, 'booking')
      then ('booking', 'booked', 'job', 'tool_call', null)::engine.reading
    when p_type = 'tool-calls' then ('progress', null, 'job', null, null)::engine.reading
    when p_type in ('end-of-call-report', 'call') and (p_type <> 'call' or m.message ->> 'status' = 'ended')
      then (
        'final',
        case
          when s.data @> '{"opted_out": true}' or s.data @> '{"optedOut": true}' then 'opted_out'
          when s.data @> '{"booked": true}' then 'booked'
          else c.outcome
        end,
        c.scope,
        coalesce(m.message ->> 'endedReason', 'unknown'),
        m.message -> 'analysis' ->> 'summary'
      )::engine.reading
    when p_type = 'status-update' and m.message ->> 'status' = 'ended'
      then ('ended', null, 'job', m.message ->> 'endedReason', null)::engine.reading
    when p_type in ('status-update', 'call') then ('progress', null, 'job', m.message ->> 'status', null)::engine.reading
    else ('ignored', null, 'job', null, null)::engine.reading
  end
  from (select case when jsonb_typeof(p_payload -> 'message') = 'object' then p_payload -> 'message' else p_payload end)
    as m (message)
  cross join lateral (
    select case
      when jsonb_typeof(m.message -> 'analysis' -> 'structuredData') = 'object'
        then m.message -> 'analysis' -> 'structuredData'
      else '{}'
    end as data
  ) as s
  cross join lateral (select engine.tool_names(m.message) as names) as t
  cross join lateral engine.classify_ended_reason(m.message ->> 'endedReason') as c
$$;
comment on function engine.read_vapi_event(text, jsonb) is
'What a Vapi server message (or a call object, type call) says about its job.';
revoke all on function engine.read_vapi_event(text, jsonb) from public;
