-- Brings the entries of a range of contacts up to date, at most so many; returns how many, and where to go
-- on if that was not all.
create or replace function engine.index_range(
  p_team_id uuid, p_first_id uuid, p_last_id uuid, p_limit integer, out indexed integer, out next_id uuid
)
language plpgsql
set search_path = ''
as $$
declare
  -- each number once, and not for each contact
  v_team bigint := engine.search_place(p_team_id, 0, 0);
  v_zones bigint[] := array(select engine.search_place(p_team_id, 1, n) from generate_series(0, 15) as n order by n);
  v_slices bigint[] := array(select engine.search_place(p_team_id, 2, n) from generate_series(0, 255) as n order by n);
  v_sample bigint := engine.search_place(p_team_id, 3, 0);
  v_signs bigint := engine.search_place(p_team_id, 4, 0);
begin
  with ranged as materialized (
    select c.contact_id, c.slice, c.terms, row_number() over (order by c.contact_id) as place
    from engine.search_contacts as c
    where c.team_id = p_team_id and c.contact_id between p_first_id and p_last_id
    order by c.contact_id
    limit p_limit + 1
  ),

  written as (
    insert into engine.search_entries as e (team_id, contact_id, slice, places, terms)
    select
      p_team_id, s.contact_id, s.slice,
      array_remove(array[
        v_team, v_zones[1 + s.slice / 16], v_slices[1 + s.slice],
        case when s.slice % 16 = 0 and get_byte(uuid_send(s.contact_id), 14) = 0 then v_sample end,
        case when s.terms ~ ' [^[:alnum:][:space:]]' then v_signs end
      ], null),
      s.terms
    from ranged as s
    where s.place <= p_limit
    on conflict (team_id, contact_id) do update set places = excluded.places, terms = excluded.terms
    where e.terms <> excluded.terms
  )

  select least(count(*), p_limit)::integer, (array_agg(s.contact_id) filter (where s.place > p_limit))[1] into indexed, next_id
  from ranged as s;
end
$$;
comment on function engine.index_range(uuid, uuid, uuid, integer) is
'Writes the search entries of contacts in a range of ids: (how many, the id to go on from or null).';
revoke all on function engine.index_range(uuid, uuid, uuid, integer) from public;
