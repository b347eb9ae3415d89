-- Whom a simulation follows: {timezone?, state?, postal_code?, phone?}. Zones and regions come from the
-- rule that contacts get theirs by; when nothing says where the person is, she is where the team is.
create or replace function engine.read_simulated_contact(
  p_contact jsonb,
  p_team public.teams,
  p_position integer,
  p_retry_budget integer
)
returns engine.simulated_contact
language sql
stable
set search_path = ''
as $$
  select (
    p_team.timezone,
    case when cardinality(z.timezones) = 0 then array[p_team.timezone] else z.timezones end,
    array(
      select distinct r.region
      from unnest(z.regions || upper(nullif(btrim(p_contact ->> 'state'), ''))) as r (region)
      where r.region is not null
      order by r.region
    ),
    p_position,
    p_retry_budget
  )::engine.simulated_contact
  from engine.zones_for(
    (select p.phone from engine.parse_phone(p_contact ->> 'phone', p_team.country, true) as p),
    p_contact ->> 'timezone', p_contact ->> 'postal_code'
  ) as z
$$;
comment on function engine.read_simulated_contact(jsonb, public.teams, integer, integer) is
'The zones and regions of a simulated contact, which has been validated.';
revoke all on function engine.read_simulated_contact(jsonb, public.teams, integer, integer) from public;
