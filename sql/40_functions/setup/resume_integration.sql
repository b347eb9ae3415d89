-- Somebody has mended what made an account pause, and says so: jobs that waited go out again, spread by the batches of
-- their nodes, and the account is at full pace.
create or replace function public.resume_integration(p_provider text, p_team_id uuid default null)
returns jsonb
language plpgsql
security definer -- writes public.integrations, which no role may write
set search_path = ''
set jit = off
set statement_timeout = '10min' -- as of resume_campaign
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
  v_integration public.integrations;
begin
  if coalesce(p_provider, '') <> all(enum_range(null::public.provider)::text[]) then
    perform engine.refuse_issues(jsonb_build_array(
      engine.issue('provider_unknown', 'p_provider', 'The provider must be vapi, twilio or servicetitan.')
    ), 'The request');
  end if;
  perform engine.spread_held_jobs(v_team_id, p_provider::public.provider);
  select i.* into v_integration
  from public.integrations as i
  where i.team_id = v_team_id and i.provider::text = p_provider
  for no key update;
  if v_integration.id is null then
    perform engine.refuse_not_found('integration', null);
  end if;
  update public.integrations as i
  set
    status = 'ACTIVE', paused_reason = null, paused_at = null,
    pace_per_minute = null, pace_begins_at = null, pace_reason = null
  where i.team_id = v_integration.team_id and i.id = v_integration.id
  returning i.* into v_integration;
  perform pg_notify('outbound_jobs', '');
  return engine.describe_health(v_integration);
end
$$;
comment on function public.resume_integration(text, uuid) is
'Lifts the pause and the lowered pace of a provider''s account, and returns it like get_integration_health. What waited goes '
'out spread by the batches of its nodes. Changes nothing of one that is in use. Admin only; OB001, OB004, OB008.';
revoke all on function public.resume_integration(text, uuid) from public;
grant execute on function public.resume_integration(text, uuid) to authenticated, service_role;
