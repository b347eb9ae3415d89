-- The rule of engine.find_exclusions for contacts that are known: members of a list that is launched.
create or replace function engine.excluded_contacts(p_team_id uuid, p_exclusions jsonb, p_contact_ids uuid[])
returns table (contact_id uuid, reason text)
language sql
stable
set search_path = ''
as $$
  with people as materialized (
    select array_agg((row_number, c.id, c.phone, c.servicetitan_customer_id)::engine.candidate order by row_number) as found
    from (
      select row_number() over () as row_number, c.*
      from unnest(p_contact_ids) as i (id)
      inner join public.contacts as c on c.team_id = p_team_id and i.id = c.id
      where p_exclusions <> '{}'
    ) as c
  )

  select (p.found[f.ordinal]).contact_id, f.reason
  from people as p
  cross join lateral engine.find_exclusions(p_team_id, p_exclusions, p.found) as f
$$;
comment on function engine.excluded_contacts(uuid, jsonb, uuid[]) is
'Which of the contacts exclusions leave out, and why; exclusions as engine.read_exclusions writes them.';
revoke all on function engine.excluded_contacts(uuid, jsonb, uuid[]) from public;
