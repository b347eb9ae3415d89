-- Reads a Twilio status callback (form fields), or a message that was asked for (snake case).
create or replace function engine.read_twilio_event(p_type text, p_payload jsonb)
returns engine.reading
language sql
stable
set search_path = ''
as $$
  select case
    when s.status in ('undelivered', 'failed') then (
      'final', case when s.code = '21610' then 'opted_out' else 'undeliverable' end,
      'job', coalesce(s.code, s.status), null
    )::engine.reading
    when s.status = 'canceled' then ('final', 'failed', 'job', 'canceled', null)::engine.reading
    when s.status in ('delivered', 'read') then ('delivered', null, 'job', s.status, null)::engine.reading
    when s.status is null then ('ignored', null, 'job', null, null)::engine.reading
    else ('progress', null, 'job', s.status, null)::engine.reading
  end
  from (
    select
      lower(coalesce(p_payload ->> 'MessageStatus', p_payload ->> 'SmsStatus', p_payload ->> 'status')) as status,
      nullif(nullif(coalesce(p_payload ->> 'ErrorCode', p_payload ->> 'error_code'), ''), '0') as code
  ) as s
$$;
comment on function engine.read_twilio_event(text, jsonb) is
'What a Twilio status callback (or a message object) says about its job.';
revoke all on function engine.read_twilio_event(text, jsonb) from public;
