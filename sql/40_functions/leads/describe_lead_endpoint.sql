-- An endpoint as RPCs return it, without anything of its token.
create or replace function engine.describe_lead_endpoint(p_endpoint engine.lead_endpoints)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'endpoint_id', p_endpoint.id, 'list_id', p_endpoint.list_id, 'source', p_endpoint.source,
    'created_at', p_endpoint.created_at, 'revoked_at', p_endpoint.revoked_at
  )
$$;
comment on function engine.describe_lead_endpoint(engine.lead_endpoints) is '{endpoint_id, list_id, source, created_at, revoked_at}.';
revoke all on function engine.describe_lead_endpoint(engine.lead_endpoints) from public;
