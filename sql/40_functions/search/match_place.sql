-- A search of one place by the index. Matches are put in order first, and then looked up in the list
-- until there are enough: the settings leave the planner no other way, whatever it thinks of the sizes.
create or replace function engine.match_place(
  p_list public.audience_lists, p_place bigint, p_pattern text, p_from_slice integer, p_after uuid, p_limit integer,
  out member_ids uuid[], out matches bigint
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
  select array_agg(e.contact_id order by engine.search_slice(e.contact_id), e.contact_id), count(*)
  into v_matching, matches
  from engine.search_entries as e
  where e.places @> array[p_place] and e.terms like p_pattern;
  member_ids := array(
    select i.contact_id
    from unnest(v_matching) with ordinality as i (contact_id, place)
    where engine.search_slice(i.contact_id) >= p_from_slice
      and (p_after is null or (engine.search_slice(i.contact_id), i.contact_id) > (engine.search_slice(p_after), p_after))
      and exists (
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
comment on function engine.match_place(public.audience_lists, bigint, text, integer, uuid, integer) is
'Ids of members that match, in order, of one place from a slice on; and how many contacts matched there.';
revoke all on function engine.match_place(public.audience_lists, bigint, text, integer, uuid, integer) from public;
