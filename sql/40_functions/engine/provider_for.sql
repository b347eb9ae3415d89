-- Which provider carries a channel.
create or replace function engine.provider_for(p_channel public.contact_channel)
returns public.provider
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case p_channel when 'call' then 'vapi' else 'twilio' end::public.provider;
end
$$;
comment on function engine.provider_for(public.contact_channel) is 'vapi for calls, twilio for texts.';
revoke all on function engine.provider_for(public.contact_channel) from public;
