-- The numbers of some contacts that ServiceTitan marks as not to be texted. A contact that is out of use
-- counts too: who deletes a number has not said that it may be texted.
create or replace function engine.numbers_not_to_text(p_team_id uuid, p_contact_ids bigint[])
returns text[]
language sql
stable
set search_path = ''
as $$
  select array(
    select distinct c.phone
    from engine.servicetitan_contacts as c
    where c.team_id = p_team_id and c.id = any(p_contact_ids) and c.do_not_text and c.phone is not null
  )
$$;
comment on function engine.numbers_not_to_text(uuid, bigint[]) is 'Numbers among contacts that are marked doNotText.';
revoke all on function engine.numbers_not_to_text(uuid, bigint[]) from public;
