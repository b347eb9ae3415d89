-- Reads Vapi server messages, or call objects that were asked for, without what they may be wrapped in. Only the report
-- after a call (or the ended call itself, when asked for) is final: it alone knows of bookings and opt-outs.
-- For a set, because a function for each message costs more than reading it, and the same few reasons end most calls.
create or replace function engine.read_vapi_messages(p_types text[], p_messages jsonb[])
returns table (ordinal bigint, reading engine.reading)
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  with told as materialized (
    select
      t.n, t.type, t.message, t.message ->> 'endedReason' as ended_reason, t.message ->> 'status' as status,
      t.message -> 'analysis' as analysis
    from unnest(p_types, p_messages) with ordinality as t (type, message, n)
  ),

  ends as materialized (
    select c.ended_reason, c.outcome, c.scope
    from engine.classify_ended_reasons(array(select distinct t.ended_reason from told as t)) as c
  )

  select t.n, case
    when t.type = 'end-of-call-report' or (t.type = 'call' and t.status = 'ended') then (
      'final',
      case
        -- Mostly nothing in it could be a yes, and nobody needs to look at the names.
        when t.analysis @? '$.structuredData.** ? (@ == true || @ == 1 || @.type() == "string")'
          and engine.says_opt_out(t.analysis -> 'structuredData') then 'opted_out'
        when t.analysis -> 'structuredData' @> '{"booked": true}' then 'booked'
        else e.outcome
      end,
      e.scope, coalesce(t.ended_reason, 'unknown'), t.analysis ->> 'summary'
    )::engine.reading
    when t.type = 'tool-calls' then case
      when engine.tools_mean(engine.tool_names(t.message), 'opt_out')
        then ('opt_out', null, 'job', 'tool_call', null)::engine.reading
      when engine.tools_mean(engine.tool_names(t.message), 'booking')
        then ('booking', 'booked', 'job', 'tool_call', null)::engine.reading
      else ('progress', null, 'job', null, null)::engine.reading
    end
    when t.type = 'status-update' and t.status = 'ended' then ('ended', null, 'job', t.ended_reason, null)::engine.reading
    when t.type in ('status-update', 'call') then ('progress', null, 'job', t.status, null)::engine.reading
    else ('ignored', null, 'job', null, null)::engine.reading
  end
  from told as t
  left join ends as e on t.ended_reason is not distinct from e.ended_reason;
end
$$;
comment on function engine.read_vapi_messages(text[], jsonb[]) is
'What Vapi messages (or call objects, type call) say about their jobs, by their place in the set.';
revoke all on function engine.read_vapi_messages(text[], jsonb[]) from public;
