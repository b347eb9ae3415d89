-- Which secret verifies a message that names a provider's account. The receiver asks; it sees names
-- of secrets, never a team's rows.
create or replace function engine.find_integration(p_provider public.provider, p_account_ref text)
returns table (team_id uuid, secret_name text)
language sql
stable
security definer -- the receiver may read no table
set search_path = ''
as $$
  select i.team_id, i.secret_name
  from public.integrations as i
  where i.provider = p_provider and i.account_ref = p_account_ref
$$;
comment on function engine.find_integration(public.provider, text) is
'Teams and secret names of a provider account, for verifying its messages.';
revoke all on function engine.find_integration(public.provider, text) from public;
grant execute on function engine.find_integration(public.provider, text) to outbound_worker;
