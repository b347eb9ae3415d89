-- Cells of the first rows below the header, by column: what a guess looks at.
create or replace function engine.sample_cells(p_rows jsonb, p_is_objects boolean, p_header_row integer, p_columns text[])
returns table (place integer, cell text)
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select c.place::integer, v.cell
  from (
    select r.item from jsonb_array_elements(p_rows) with ordinality as r (item, row_place)
    where r.row_place > p_header_row
    order by r.row_place
    limit 200
  ) as r
  cross join lateral unnest(p_columns) with ordinality as c (name, place)
  cross join lateral (
    values (btrim(case when p_is_objects then r.item ->> c.name else r.item ->> (c.place::integer - 1) end))
  ) as v (cell)
  where v.cell <> '';
end
$$;
comment on function engine.sample_cells(jsonb, boolean, integer, text[]) is 'Cells of the first 200 data rows as (column place, cell); blank ones left out.';
revoke all on function engine.sample_cells(jsonb, boolean, integer, text[]) from public;
