-- Backends that hold the service key act for every team. A request through the API carries its role
-- in the token's claims; a direct connection without claims counts as a service only when its own
-- login inherits the service role, which the API's login (authenticator) does not.
create or replace function engine.caller_is_service()
returns boolean
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
  v_claims constant text := current_setting('request.jwt.claims', true);
begin
  if coalesce(v_claims, '') <> '' then
    return coalesce(v_claims::jsonb ->> 'role', '') = 'service_role';
  end if;
  return pg_has_role(session_user, 'service_role', 'usage');
end
$$;
comment on function engine.caller_is_service() is 'True when the caller holds the service role and so may act for any team.';
revoke all on function engine.caller_is_service() from public;
