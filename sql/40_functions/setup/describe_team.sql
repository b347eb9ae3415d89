-- A team's settings as an API shows them; durations in the spelling in which they are set.
create or replace function engine.describe_team(p_team public.teams)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_team.id, 'name', p_team.name, 'timezone', p_team.timezone, 'country', p_team.country,
    'is_sandbox', p_team.is_sandbox, 'frequency_limit', p_team.frequency_limit,
    'frequency_window', case
      when p_team.frequency_window is not null then engine.format_duration(p_team.frequency_window)
    end
  )
$$;
comment on function engine.describe_team(public.teams) is
'{id, name, timezone, country, is_sandbox, frequency_limit, frequency_window}.';
revoke all on function engine.describe_team(public.teams) from public;
