-- What the receiver stores is the message; what some senders store is the envelope that it came in.
create or replace function engine.vapi_message(p_payload jsonb)
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case when jsonb_typeof(p_payload -> 'message') = 'object' then p_payload -> 'message' else p_payload end
$$;
comment on function engine.vapi_message(jsonb) is 'The message in a payload, with or without its envelope.';
revoke all on function engine.vapi_message(jsonb) from public;
