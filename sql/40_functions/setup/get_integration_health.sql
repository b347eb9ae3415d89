-- How a team's accounts are: what people look at when nothing goes out. Pauses are lifted by
-- resume_integration; paces recover by themselves.
create or replace function public.get_integration_health(p_team_id uuid default null)
returns jsonb
language plpgsql
stable
security definer -- reads the engine for a caller who was checked
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'viewer');
begin
  return (
    select coalesce(jsonb_agg(engine.describe_health(i) order by i.provider), '[]')
    from public.integrations as i
    where i.team_id = v_team_id
  );
end
$$;
comment on function public.get_integration_health(uuid) is
'[{provider, health, message, is_sandbox, paused_at, paused_reason, pace_per_minute, pace_reason, full_pace_at, concurrency_limit, '
'in_flight, last_taken_at, last_refusal}]: health is ok, slowed or paused; pace_per_minute is null at full pace. OB004.';
revoke all on function public.get_integration_health(uuid) from public;
grant execute on function public.get_integration_health(uuid) to authenticated, service_role;
