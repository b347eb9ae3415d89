-- How long to wait for a provider's event before asking the provider. Longer than a call lasts.
create or replace function engine.silence(p_channel public.contact_channel)
returns interval
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case p_channel when 'call' then interval '20 minutes' else interval '1 hour' end;
end
$$;
comment on function engine.silence(public.contact_channel) is 'How long a dispatched job may be silent before the provider is asked.';
revoke all on function engine.silence(public.contact_channel) from public;
