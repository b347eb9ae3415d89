-- An address to which another system posts the leads of a list. Its token is told once, here.
create or replace function public.create_lead_endpoint(p_list_id uuid, p_source text)
returns jsonb
language plpgsql
security definer -- writes the engine's table, which no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_lead_list(p_list_id, 'admin'); -- engine.require_role
  -- 244 random bits
  v_token text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
  v_endpoint engine.lead_endpoints;
begin
  if coalesce(length(btrim(p_source)), 0) not between 1 and 100 then
    perform engine.refuse_issues(jsonb_build_array(
      engine.issue('source_length', 'p_source', 'The source must have 1 to 100 characters.')
    ), 'The endpoint');
  end if;
  insert into engine.lead_endpoints (team_id, list_id, source, token_hash, created_by)
  values (v_list.team_id, v_list.id, btrim(p_source), sha256(convert_to(v_token, 'UTF8')), (select auth.uid()))
  returning * into v_endpoint;
  return engine.describe_lead_endpoint(v_endpoint)
    || jsonb_build_object('token', v_token, 'path', '/webhooks/leads/' || v_token);
end
$$;
comment on function public.create_lead_endpoint(uuid, text) is
'Makes an address for the leads of a source: {endpoint_id, list_id, source, created_at, token, path}. The token is shown only here.';
revoke all on function public.create_lead_endpoint(uuid, text) from public;
grant execute on function public.create_lead_endpoint(uuid, text) to authenticated, service_role;
