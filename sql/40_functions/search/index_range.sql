-- Brings the entries of a range of contacts up to date, at most so many; returns how many, and where to go
-- on if that was not all.
create or replace function engine.index_range(
  p_team_id uuid, p_first_id uuid, p_last_id uuid, p_limit integer, out indexed integer, out next_id uuid
)
language plpgsql
set search_path = ''
as $$
begin
  with ranged as materialized (
    select c.id, c.first_name, c.last_name, c.email, c.phone, row_number() over (order by c.id) as place
    from public.contacts as c
    where c.team_id = p_team_id and c.id between p_first_id and p_last_id
    order by c.id
    limit p_limit + 1
  ),

  written as (
    insert into engine.search_entries as e (team_id, contact_id, places, terms)
    select
      p_team_id, s.id,
      array[
        engine.search_place(p_team_id, 0, 0),
        engine.search_place(p_team_id, 1, engine.search_slice(s.id) / 16),
        engine.search_place(p_team_id, 2, engine.search_slice(s.id))
      ],
      engine.search_terms(s.first_name, s.last_name, s.email, s.phone)
    from ranged as s
    where s.place <= p_limit
    on conflict (team_id, contact_id) do update set terms = excluded.terms
    where e.terms <> excluded.terms
  )

  select least(count(*), p_limit), (array_agg(s.id) filter (where s.place > p_limit))[1] into indexed, next_id
  from ranged as s;
end
$$;
comment on function engine.index_range(uuid, uuid, uuid, integer) is
'Writes the search entries of contacts in a range of ids: (how many, the id to go on from or null).';
revoke all on function engine.index_range(uuid, uuid, uuid, integer) from public;
