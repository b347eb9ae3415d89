-- A search of one place by the index, which is asked for the place and for p_parts, three patterns that
-- whatever matches p_pattern matches too (engine.search_parts). Matches are put in order first, and then
-- looked up in the list until there are enough: the settings leave the planner no other way, whatever it
-- thinks of the sizes.
create or replace function engine.match_place(
  p_list public.audience_lists, p_place bigint, p_pattern text, p_parts text[], p_from_slice integer, p_after uuid,
  p_limit integer, out member_ids uuid[], out matches bigint
)
language plpgsql
stable
set search_path = ''
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_matching uuid[];
begin
  select
    array_agg(e.contact_id order by e.slice, e.contact_id) filter (
      where e.slice >= p_from_slice and (p_after is null or e.slice > p_from_slice or e.contact_id > p_after)
    ),
    count(*)
  into v_matching, matches
  from (
    select i.contact_id, i.slice, i.terms
    from engine.search_entries as i
    where i.places @> array[p_place] and i.terms like p_parts[1] and i.terms like p_parts[2] and i.terms like p_parts[3]
    offset 0 -- so that the whole pattern is not asked of the index as well
  ) as e
  where e.terms like p_pattern;
  member_ids := array(
    select i.contact_id
    from unnest(v_matching) with ordinality as i (contact_id, place)
    where exists (
      select from public.audience_members as m
      where m.team_id = p_list.team_id and m.list_id = p_list.id and m.contact_id = i.contact_id
    )
    and not exists (
      select from engine.search_backlog as b
      where b.team_id = p_list.team_id and i.contact_id between b.first_id and b.last_id
    )
    order by i.place
    limit p_limit
  );
end
$$;
comment on function engine.match_place(public.audience_lists, bigint, text, text[], integer, uuid, integer) is
'Ids of members that match, in order, of one place from a slice on, in that slice after a member; and how many contacts matched there.';
revoke all on function engine.match_place(public.audience_lists, bigint, text, text[], integer, uuid, integer) from public;
