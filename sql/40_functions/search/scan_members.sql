-- A search that looks at each member: of a short list, or of contacts that the index does not know yet.
-- In the order of engine.search_members.
create or replace function engine.scan_members(
  p_list public.audience_lists, p_pattern text, p_after uuid, p_limit integer, p_is_backlog boolean
)
returns uuid[]
language plpgsql
stable
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: from the given set to rows by key
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_after integer := engine.search_slice(p_after);
begin
  if not p_is_backlog then
    return array(
      select c.contact_id
      from public.audience_members as m
      inner join engine.search_contacts as c on m.team_id = c.team_id and m.contact_id = c.contact_id
      where m.team_id = p_list.team_id and m.list_id = p_list.id
        and c.terms like p_pattern and (p_after is null or (c.slice, c.contact_id) > (v_after, p_after))
      order by c.slice, c.contact_id
      limit p_limit
    );
  end if;
  if not exists (select from engine.search_backlog as b where b.team_id = p_list.team_id) then
    return array[]::uuid[];
  end if;
  return array(
    select distinct on (c.slice, c.contact_id) c.contact_id
    from engine.search_backlog as b
    cross join lateral (
      select a.team_id, a.contact_id
      from public.audience_members as a
      where a.team_id = p_list.team_id and a.list_id = p_list.id and a.contact_id between b.first_id and b.last_id
      offset 0 -- so that it is looked up range by range
    ) as m
    inner join engine.search_contacts as c on m.team_id = c.team_id and m.contact_id = c.contact_id
    where b.team_id = p_list.team_id
      and c.terms like p_pattern and (p_after is null or (c.slice, c.contact_id) > (v_after, p_after))
    order by c.slice, c.contact_id
    limit p_limit
  );
end
$$;
comment on function engine.scan_members(public.audience_lists, text, uuid, integer, boolean) is
'Ids of the members that match, found by looking at each; with p_is_backlog only at those that wait for the index.';
revoke all on function engine.scan_members(public.audience_lists, text, uuid, integer, boolean) from public;
