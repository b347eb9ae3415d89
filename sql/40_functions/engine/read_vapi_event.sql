-- One event of Vapi's: see the reader of messages, and engine.read_events for many.
create or replace function engine.read_vapi_event(p_type text, p_payload jsonb)
returns engine.reading
language sql
stable
set search_path = ''
as $$
  select r.reading
  from engine.read_vapi_messages(array[p_type], array[engine.vapi_message(p_payload)]) as r
$$;
comment on function engine.read_vapi_event(text, jsonb) is
'What a Vapi server message (or a call object, type call) says about its job.';
revoke all on function engine.read_vapi_event(text, jsonb) from public;
