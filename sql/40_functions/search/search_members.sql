-- The members of a list that match, a page of them, in an order that spreads contacts evenly over 256
-- slices. That is what bounds the work: of a term that many match, one slice fills the page; of one that
-- few match, the index names all. In between the search goes from a slice to the sixteenth of the team
-- around it, and on by sixteenths until few enough are left to take them at once.
create or replace function engine.search_members(
  p_list public.audience_lists, p_pattern text, p_after uuid, p_limit integer
)
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
declare
  c_short constant integer := 2000;
  c_few constant integer := 1000;
  v_parts text[];
  v_is_sign boolean := p_pattern ~ '^% [^[:alnum:][:space:]]'; -- of signs the index of trigrams knows nothing
  v_found uuid[] := array[]::uuid[];
  v_step record;
  v_slice integer := coalesce(engine.search_slice(p_after), 0);
  v_zone integer;
  v_width integer := 1; -- slices of the last place
begin
  if p_pattern = '' then
    return v_found; -- nobody, and the index could not tell
  end if;
  if p_list.member_count <= c_short then
    return engine.scan_members(p_list, p_pattern, p_after, p_limit, false);
  end if;
  v_parts := engine.search_parts(p_list.team_id, p_pattern);
  select * into v_step from engine.match_place(
    p_list,
    case when v_is_sign then engine.search_place(p_list.team_id, 4, 0) else engine.search_place(p_list.team_id, 2, v_slice) end,
    p_pattern, v_parts, v_slice, p_after, p_limit
  );
  v_found := v_step.member_ids;
  v_slice := case when v_is_sign then 256 else v_slice + 1 end;
  while cardinality(v_found) < p_limit and v_slice < 256 loop
    v_zone := v_slice / 16;
    -- the last place tells how many to expect in the rest
    if v_step.matches * (256 - v_slice) / v_width <= c_few then
      v_zone := 15;
      select * into v_step from engine.match_place(
        p_list, engine.search_place(p_list.team_id, 0, 0), p_pattern, v_parts, v_slice, null,
        p_limit - cardinality(v_found)
      );
    else
      select * into v_step from engine.match_place(
        p_list, engine.search_place(p_list.team_id, 1, v_zone), p_pattern, v_parts, v_slice, null,
        p_limit - cardinality(v_found)
      );
    end if;
    v_found := v_found || v_step.member_ids;
    v_slice := (v_zone + 1) * 16;
    v_width := 16;
  end loop;
  return array(
    select f.contact_id
    from unnest(v_found || engine.scan_members(p_list, p_pattern, p_after, p_limit, true)) as f (contact_id)
    order by engine.search_slice(f.contact_id), f.contact_id
    limit p_limit
  );
end
$$;
comment on function engine.search_members(public.audience_lists, text, uuid, integer) is
'Ids of the members of a list that match a pattern of engine.search_pattern, after a member, in the order of searches.';
revoke all on function engine.search_members(public.audience_lists, text, uuid, integer) from public;
