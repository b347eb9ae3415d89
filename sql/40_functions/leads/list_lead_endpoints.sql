-- The addresses of a list, newest first.
create or replace function public.list_lead_endpoints(p_list_id uuid)
returns jsonb
language plpgsql
stable
security definer -- reads the engine's table for a caller who was checked
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'viewer'); -- engine.require_role
begin
  return (
    select coalesce(jsonb_agg(engine.describe_lead_endpoint(e) order by e.id desc), '[]')
    from engine.lead_endpoints as e
    where e.team_id = v_list.team_id and e.list_id = v_list.id
  );
end
$$;
comment on function public.list_lead_endpoints(uuid) is 'The addresses for leads of a list: [{endpoint_id, list_id, source, created_at, revoked_at}].';
revoke all on function public.list_lead_endpoints(uuid) from public;
grant execute on function public.list_lead_endpoints(uuid) to authenticated, service_role;
