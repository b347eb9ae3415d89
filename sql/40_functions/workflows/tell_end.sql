-- The end of a simulated journey, in the engine's words and in a sentence.
create or replace function engine.tell_end(p_step engine.decision, p_has_booked boolean, p_at timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'status', f.status,
    'reason_code', case when f.status = 'BOOKED' then 'booked' else p_step.reason_code end,
    'at', p_at,
    'message', case
      when p_step.reason_code = 'never_open' then 'The contact can never be reached here: no hour is open both by law and by the node.'
      when f.status = 'BOOKED' then 'The contact booked.'
      when f.status = 'OPTED_OUT' then 'The contact opted out.'
      when f.status = 'FAILED' then 'The last step failed, and nothing follows it.'
      else 'The journey is complete.'
    end
  )
  from (select engine.final_status(p_step.end_status, p_has_booked) as status) as f
$$;
comment on function engine.tell_end(engine.decision, boolean, timestamptz) is
'{status, reason_code, at, message} of a simulated journey''s end.';
revoke all on function engine.tell_end(engine.decision, boolean, timestamptz) from public;
