-- What holds for a team, whatever the campaign.
create or replace function public.get_team_settings(p_team_id uuid default null)
returns jsonb
language sql
stable
security definer -- asks engine.require_team
set search_path = ''
as $$
  select engine.describe_team(t)
  from public.teams as t
  where t.id = engine.require_team(p_team_id, 'viewer')
$$;
comment on function public.get_team_settings(uuid) is
'{id, name, timezone, country, is_sandbox, frequency_limit, frequency_window}: the window as an ISO 8601 duration, both null '
'without a cap. OB004.';
revoke all on function public.get_team_settings(uuid) from public;
grant execute on function public.get_team_settings(uuid) to authenticated, service_role;
