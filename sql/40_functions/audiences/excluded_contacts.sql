-- The rule of engine.find_exclusions for contacts that are known: members of a list that is launched.
create or replace function engine.excluded_contacts(p_team_id uuid, p_exclusions jsonb, p_contact_ids uuid[])
returns table (contact_id uuid, reason text)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with people as materialized (
    select i.place, c.id, c.phone, c.servicetitan_customer_id
    from unnest(p_contact_ids) with ordinality as i (id, place)
    inner join public.contacts as c on c.team_id = p_team_id and i.id = c.id
    where p_exclusions <> '{}'
  )

  select p.id, f.reason
  from engine.find_exclusions(p_team_id, p_exclusions, array(
    select (k.place, k.id, k.phone, k.servicetitan_customer_id)::engine.candidate from people as k
  )) as f
  inner join people as p on f.ordinal = p.place;
end
$$;
comment on function engine.excluded_contacts(uuid, jsonb, uuid[]) is
'Which of the contacts exclusions leave out, and why; exclusions as engine.read_exclusions writes them.';
revoke all on function engine.excluded_contacts(uuid, jsonb, uuid[]) from public;
