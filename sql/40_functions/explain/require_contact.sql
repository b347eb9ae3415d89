-- A contact of a team, by its id or by its number as people write it.
create or replace function engine.require_contact(p_team_id uuid, p_contact_id uuid, p_phone text)
returns public.contacts
language plpgsql
stable
set search_path = ''
as $$
declare
  v_contact public.contacts;
  v_phone text;
  v_problem text;
begin
  if (p_contact_id is null) = (p_phone is null) then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'contact_or_phone', 'p_contact_id', 'Name the contact by its id or by its number, one of the two.'
    )), 'The request');
  end if;
  if p_phone is not null then
    select n.phone, n.problem into v_phone, v_problem
    from public.teams as t
    cross join lateral engine.parse_phone(p_phone, t.country, true) as n
    where t.id = p_team_id;
    perform engine.refuse_issues(coalesce((
      select jsonb_build_array(engine.issue(p.code, 'p_phone', p.message))
      from reference.import_problems as p
      where v_phone is null and p.code = coalesce(v_problem, 'phone_missing')
    ), '[]'), 'The request');
  end if;
  select * into v_contact
  from public.contacts as c
  where c.team_id = p_team_id and (c.id = p_contact_id or c.phone = v_phone);
  if v_contact.id is null then
    perform engine.refuse_not_found('contact', p_contact_id);
  end if;
  return v_contact;
end
$$;
comment on function engine.require_contact(uuid, uuid, text) is 'The contact with this id or number in the team: OB001, OB004.';
revoke all on function engine.require_contact(uuid, uuid, text) from public;
