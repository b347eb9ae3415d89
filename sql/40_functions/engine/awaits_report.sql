-- Whether a Vapi call that was asked for has ended, but is still being read by the assistant's analysis, which alone
-- knows of bookings and opt-outs: whoever took it for its outcome would go on with a person who said stop. Where nobody
-- spoke there is nothing to read, and what has not come within ten minutes is not coming.
create or replace function engine.awaits_report(p_call jsonb)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce(
    p_call ->> 'status' = 'ended' and not p_call ? 'analysis'
    and (p_call ->> 'endedAt')::timestamptz > engine.now() - interval '10 minutes'
    and (select c.outcome = 'answered' from engine.classify_ended_reason(p_call ->> 'endedReason') as c),
    false
  );
exception
  when data_exception then -- a moment that is none
    return false;
end
$$;
comment on function engine.awaits_report(jsonb) is 'Whether a call object tells of an end without what was said, which is yet to come.';
revoke all on function engine.awaits_report(jsonb) from public;
