-- Reads a Vapi server message, or a call object that was asked for, without what it may be wrapped in. Only the report after a call (or
-- the ended call itself, when asked for) is final: it alone knows of bookings and opt-outs.
-- What the reason of the end means is handed in, because it is looked up once for a set of events.
create or replace function engine.read_vapi_message(
  p_type text, p_message jsonb, p_outcome public.job_outcome, p_scope text
)
returns engine.reading
language plpgsql
stable
set search_path = ''
as $$
declare
  v_reason text := p_message ->> 'endedReason';
  v_data jsonb := p_message -> 'analysis' -> 'structuredData';
begin
  if p_type = 'end-of-call-report' or (p_type = 'call' and p_message ->> 'status' = 'ended') then
    return (
      'final',
      case
        when engine.says_opt_out(v_data) then 'opted_out'
        when v_data @> '{"booked": true}' then 'booked'
        else p_outcome
      end,
      p_scope, coalesce(v_reason, 'unknown'), p_message -> 'analysis' ->> 'summary'
    )::engine.reading;
  elsif p_type = 'tool-calls' then
    return case
      when engine.tools_mean(engine.tool_names(p_message), 'opt_out')
        then ('opt_out', null, 'job', 'tool_call', null)::engine.reading
      when engine.tools_mean(engine.tool_names(p_message), 'booking')
        then ('booking', 'booked', 'job', 'tool_call', null)::engine.reading
      else ('progress', null, 'job', null, null)::engine.reading
    end;
  elsif p_type = 'status-update' and p_message ->> 'status' = 'ended' then
    return ('ended', null, 'job', v_reason, null)::engine.reading;
  elsif p_type in ('status-update', 'call') then
    return ('progress', null, 'job', p_message ->> 'status', null)::engine.reading;
  end if;
  return ('ignored', null, 'job', null, null)::engine.reading;
end
$$;
comment on function engine.read_vapi_message(text, jsonb, public.job_outcome, text) is
'What a Vapi message (or a call object, type call) says about its job, given what the reason of its end means.';
revoke all on function engine.read_vapi_message(text, jsonb, public.job_outcome, text) from public;
