-- A new tenant. Only a backend with the service key makes one; its people are added after.
create or replace function public.create_team(
  p_name text,
  p_timezone text default 'America/New_York',
  p_country text default 'US',
  p_is_sandbox boolean default false
)
returns public.teams
language plpgsql
security definer -- writes public.teams, which no role may write
set search_path = ''
as $$
declare
  v_team public.teams;
  v_issues jsonb := '[]'::jsonb;
begin
  if not engine.caller_is_service() then
    perform engine.refuse('OB008', 'Only a service can create a team.', '{"role": null, "needs": "service_role"}');
  end if;
  if coalesce(btrim(p_name), '') = '' or length(btrim(p_name)) > 200 then
    v_issues := v_issues || engine.issue('name_length', 'p_name', 'The name must have 1 to 200 characters.');
  end if;
  if not engine.is_timezone(p_timezone) then
    v_issues := v_issues || engine.issue('timezone_unknown', 'p_timezone', 'The time zone must be an IANA name, such as America/Denver.');
  end if;
  if p_country is null or p_country !~ '^[A-Z]{2}$' then
    v_issues := v_issues || engine.issue('country_unknown', 'p_country', 'The country must be two capital letters, such as US.');
  end if;
  perform engine.refuse_issues(v_issues, 'The team');
  insert into public.teams (name, timezone, country, is_sandbox)
  values (btrim(p_name), p_timezone, p_country, coalesce(p_is_sandbox, false))
  returning * into v_team;
  return v_team;
end
$$;
comment on function public.create_team(text, text, text, boolean) is 'Creates a team. Service role only.';
revoke all on function public.create_team(text, text, text, boolean) from public;
grant execute on function public.create_team(text, text, text, boolean) to service_role;
