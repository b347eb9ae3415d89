-- From here on nobody gets in with the endpoint's token.
create or replace function public.revoke_lead_endpoint(p_endpoint_id uuid)
returns jsonb
language plpgsql
security definer -- writes the engine's table, which no role may write
set search_path = ''
as $$
declare
  v_endpoint engine.lead_endpoints;
begin
  select e.* into v_endpoint
  from engine.lead_endpoints as e
  where e.id = p_endpoint_id and e.team_id = any(engine.caller_team_ids());
  perform engine.require_row(v_endpoint.team_id, 'lead_endpoint', p_endpoint_id, 'admin');
  update engine.lead_endpoints as e
  set revoked_at = coalesce(e.revoked_at, engine.now())
  where e.team_id = v_endpoint.team_id and e.id = v_endpoint.id
  returning e.* into v_endpoint;
  return engine.describe_lead_endpoint(v_endpoint);
end
$$;
comment on function public.revoke_lead_endpoint(uuid) is 'Closes an address for leads, for good: {endpoint_id, list_id, source, created_at, revoked_at}.';
revoke all on function public.revoke_lead_endpoint(uuid) from public;
grant execute on function public.revoke_lead_endpoint(uuid) to authenticated, service_role;
