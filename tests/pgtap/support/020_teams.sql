-- Makes a sandbox of the database and stops its clock at a moment.
create function tests.set_clock(p_at timestamptz, p_rate double precision default 0)
returns void
language plpgsql
security definer -- whoever the test is acting as
set search_path = ''
as $$
begin
  if (select environment from engine.deployment) <> 'sandbox' then
    perform engine.become_sandbox();
  end if;
  perform engine.set_clock(p_at, p_rate);
end
$$;

-- Makes a sandbox team with an admin; its numbers may be those reserved for fiction.
create function tests.create_team(p_name text, p_admin_email text, p_timezone text default 'America/New_York')
returns uuid
language sql
volatile
security definer -- whoever the test is acting as
set search_path = ''
as $$
  with team as (
    insert into public.teams (name, timezone, is_sandbox) values (p_name, p_timezone, true) returning id
  )
  insert into public.team_members (team_id, user_id, role)
  select team.id, tests.create_user(p_admin_email), 'admin' from team
  returning team_id
$$;

-- Adds a person to a team.
create function tests.add_member(p_team_id uuid, p_email text, p_role public.team_role default 'operator')
returns uuid
language sql
volatile
security definer -- whoever the test is acting as
set search_path = ''
as $$
  insert into public.team_members (team_id, user_id, role)
  values (p_team_id, tests.create_user(p_email), p_role)
  returning user_id
$$;

-- The fictitious number of a given ordinal: distinct for 0 to 79,999, 100 in each area code.
create function tests.fictitious_phone(p_ordinal integer)
returns text
language sql
stable
set search_path = ''
as $$
  select format('+1%s55501%s', area_code, lpad((p_ordinal % 100)::text, 2, '0'))
  from (
    select area_code from reference.area_codes
    where country = 'US' and kind = 'geographic' and cardinality(timezones) = 1
    order by area_code
    offset p_ordinal / 100 limit 1
  ) as codes
$$;

-- Connects a team to the sandbox's ServiceTitan; returns the integration.
create function tests.connect_servicetitan(p_team_id uuid)
returns uuid
language sql
volatile
security definer -- whoever the test is acting as
set search_path = ''
as $$
  insert into public.integrations (team_id, provider, account_ref, secret_name, is_sandbox)
  values (p_team_id, 'servicetitan', '900000001', 'SERVICETITAN', true)
  returning id
$$;
