-- Whether ServiceTitan has not one customer, as far as was read.
create or replace function engine.is_source_empty(p_team_id uuid)
returns boolean
language sql
stable
security definer -- workers may read no table
set search_path = ''
as $$
  select not exists (select from engine.servicetitan_customers as c where c.team_id = p_team_id and c.is_active)
$$;
comment on function engine.is_source_empty(uuid) is 'Whether no active customer of the team is known.';
revoke all on function engine.is_source_empty(uuid) from public;
grant execute on function engine.is_source_empty(uuid) to outbound_worker;
