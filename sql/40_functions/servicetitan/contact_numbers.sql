-- The numbers of some contacts.
create or replace function engine.contact_numbers(p_team_id uuid, p_contact_ids bigint[])
returns text[]
language sql
stable
set search_path = ''
as $$
  select array(
    select distinct c.phone
    from engine.servicetitan_contacts as c
    where c.team_id = p_team_id and c.id = any(p_contact_ids) and c.phone is not null
    order by c.phone
  )
$$;
comment on function engine.contact_numbers(uuid, bigint[]) is 'The numbers of contacts.';
revoke all on function engine.contact_numbers(uuid, bigint[]) from public;
