-- Which column holds what, by its header and, where headers do not tell, by what is in it. One column
-- is taken for each field; a person who wants two phone columns says so.
create or replace function engine.guess_mapping(
  p_rows jsonb, p_is_objects boolean, p_header_row integer, p_columns text[], p_country text
)
returns jsonb
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
begin
  return (
    with cells as materialized (
      select s.place, s.cell, row_number() over () as ordinal
      from engine.sample_cells(p_rows, p_is_objects, p_header_row, p_columns) as s
    ),
    contents as (
      select
        c.place,
        count(*) as filled,
        count(*) filter (where c.cell ~ '^\S+@\S+\.\S+$') as emails,
        -- looks like a number one could dial: no date, no amount, no address of a computer
        count(*) filter (
          where c.cell ~ '^[+(]?[0-9][-0-9 ().]{5,18}[0-9]$' and c.cell !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}'
          and c.cell !~ '^[0-9]+([.][0-9]+){3}$' and c.cell !~ '^[0-9]{1,3}[.][0-9]+$'
        ) as dialables
      from cells as c
      group by c.place
    ),
    named as (
      select h.field, c.place, h.rank
      from unnest(p_columns) with ordinality as c (name, place)
      cross join lateral engine.header_fields(c.name) as h
    ),
    candidates as (
      select n.field, n.place, n.rank from named as n
      union all
      -- by content, when no header names the field and the column is not known as another
      select 'phone', k.place, 100 from contents as k
      where k.dialables * 2 >= k.filled and k.dialables > 0
      and not exists (select from named as n where n.field = 'phone' or n.place = k.place)
      union all
      select 'email', k.place, 100 from contents as k
      where k.emails * 2 >= k.filled and k.emails > 0
      and not exists (select from named as n where n.field = 'email' or n.place = k.place)
    ),
    -- Between several columns of numbers it is asked which has more that are valid.
    parsed as (
      select c.place, p.phone is not null as is_phone
      from (
        select array_agg(c.cell order by c.ordinal) as raws
        from cells as c
        where (select count(*) from candidates as n where n.field = 'phone') > 1
      ) as a
      cross join lateral engine.parse_phones(a.raws, p_country, true) as p
      inner join cells as c on p.ordinal = c.ordinal
      where a.raws is not null
    ),
    best as (
      select distinct on (c.field) c.field, c.place
      from candidates as c
      left join contents as k on c.place = k.place
      left join (select p.place, count(*) filter (where p.is_phone) as phones from parsed as p group by p.place) as v
        on c.place = v.place and c.field = 'phone'
      order by
        c.field, coalesce(v.phones, 0) desc,
        case c.field when 'phone' then k.dialables when 'email' then k.emails else 0 end desc nulls last,
        c.rank, c.place
    )
    select coalesce(jsonb_object_agg(b.field, jsonb_build_array(p_columns[b.place])), '{}')
    from best as b
    -- a name in two parts says more than the whole
    where b.field <> 'full_name' or not exists (select from best as o where o.field in ('first_name', 'last_name'))
  );
end
$$;
comment on function engine.guess_mapping(jsonb, boolean, integer, text[], text) is
'Guessed mapping of fields to column names: {field: [name]}.';
revoke all on function engine.guess_mapping(jsonb, boolean, integer, text[], text) from public;
