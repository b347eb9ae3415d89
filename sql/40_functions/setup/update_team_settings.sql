-- Changes what holds for a team; null leaves a thing as it is, and a limit of 0 takes the cap away. The zone
-- moves the hours of nodes in team time and the day of numbers from here on; jobs that wait keep their due times.
create or replace function public.update_team_settings(
  p_name text default null,
  p_timezone text default null,
  p_country text default null,
  p_frequency_limit integer default null,
  p_frequency_window text default null,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
security definer -- writes public.teams, which no role may write
set search_path = ''
as $$
declare
  v_team public.teams;
begin
  select * into v_team from public.teams as t where t.id = engine.require_team(p_team_id, 'admin') for no key update;
  perform engine.refuse_issues(
    engine.team_issues(v_team, p_name, p_timezone, p_country, p_frequency_limit, p_frequency_window), 'The team'
  );
  v_team.frequency_window := coalesce(engine.parse_duration(p_frequency_window), v_team.frequency_window);
  update public.teams as t
  set
    name = coalesce(btrim(p_name), t.name),
    timezone = coalesce(p_timezone, t.timezone),
    country = coalesce(p_country, t.country),
    frequency_limit = nullif(coalesce(p_frequency_limit, t.frequency_limit), 0),
    frequency_window = case when coalesce(p_frequency_limit, t.frequency_limit, 0) > 0 then v_team.frequency_window end
  where t.id = v_team.id
  returning t.* into v_team;
  return engine.describe_team(v_team);
end
$$;
comment on function public.update_team_settings(text, text, text, integer, text, uuid) is
'Changes a team''s settings and returns them like get_team_settings: at most p_frequency_limit contacts of one number within '
'p_frequency_window (ISO 8601); 0 takes the cap away, null leaves a thing as it is. Admin only; OB001, OB004, OB008.';
revoke all on function public.update_team_settings(text, text, text, integer, text, uuid) from public;
grant execute on function public.update_team_settings(text, text, text, integer, text, uuid) to authenticated, service_role;
