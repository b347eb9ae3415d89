-- What a provider's code says of the number; the one place that knows. Dead: there is no such number, or none that takes
-- texts. Barred: the account or the sending number may not reach its country, and it may be hers. Null: something else.
create or replace function engine.number_fault(p_code text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    -- Twilio's, of requests (21…) and of deliveries (30…)
    when p_code in ('21211', '21614', '21635', '30005', '30006') then 'dead'
    when p_code = '21408' then 'barred'
    -- Vapi's
    when p_code in ('invalid_number', 'twilio-reported-customer-misdialed') then 'dead'
    when p_code = 'international_not_allowed' then 'barred'
  end
$$;
comment on function engine.number_fault(text) is 'dead or barred where a provider''s code is about the number that was to be reached, else null.';
revoke all on function engine.number_fault(text) from public;
