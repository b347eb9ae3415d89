-- The columns of rows as a frontend or a file brings them: objects by their keys, arrays by their
-- header where they have one. A title above the header is skipped. Columns without a name are called
-- by their place, and a name that comes twice is told apart.
create or replace function engine.read_columns(p_rows jsonb)
returns table (is_objects boolean, header_row integer, columns text[])
language plpgsql
stable
set search_path = ''
as $$
declare
  v_width integer;
begin
  is_objects := jsonb_typeof(p_rows -> 0) = 'object';
  header_row := 0;
  if is_objects then
    columns := array(
      select k.key from jsonb_array_elements(p_rows) with ordinality as r (item, place)
      cross join lateral jsonb_object_keys(r.item) with ordinality as k (key, within)
      group by k.key order by min(r.place * 10000 + k.within)
    );
    return next;
    return;
  end if;
  -- the first rows that hold something; a lone cell above a wider header is a title
  select r.place::integer into header_row
  from jsonb_array_elements(p_rows) with ordinality as r (cells, place)
  cross join lateral (
    select count(*) from jsonb_array_elements_text(r.cells) as c (cell) where btrim(c.cell) <> ''
  ) as f (filled)
  where r.place <= 10 and f.filled > 0
  order by (f.filled = 1 and jsonb_array_length(r.cells) > 1), r.place
  limit 1;
  if header_row is null or not engine.is_header(p_rows -> (header_row - 1)) then
    header_row := 0;
  end if;
  select max(jsonb_array_length(r.cells)) into v_width from jsonb_array_elements(p_rows) as r (cells);
  columns := array(
    select case when n.times > 1 then format('%s (%s)', n.name, n.times) else n.name end
    from (
      select g.place, c.name, row_number() over (partition by c.name order by g.place) as times
      from generate_series(1, v_width) as g (place)
      cross join lateral (
        select coalesce(
          nullif(btrim(p_rows -> (header_row - 1) ->> (g.place - 1), E' \t\r\n\u00A0\uFEFF'), ''),
          format('column %s', g.place)
        )
        where header_row > 0
        union all
        select format('column %s', g.place) where header_row = 0
      ) as c (name)
    ) as n
    order by n.place
  );
  return next;
end
$$;
comment on function engine.read_columns(jsonb) is
'Columns of rows given as objects or as arrays: (whether objects, place of the header row from 1 or 0 for none, names in order).';
revoke all on function engine.read_columns(jsonb) from public;
