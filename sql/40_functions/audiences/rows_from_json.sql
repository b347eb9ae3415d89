-- Rows of a request in the shape of staged rows. Blank rows are left out; a row's number is its place
-- in the request, the header counted.
create or replace function engine.rows_from_json(
  p_team_id uuid, p_run_id uuid, p_rows jsonb, p_is_objects boolean, p_header_row integer, p_columns text[], p_mapping jsonb
)
returns setof engine.import_rows
language plpgsql
immutable
set search_path = ''
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
begin
  return query
  select
    p_team_id, p_run_id, r.place,
    f.cells ->> 'phone', f.cells ->> 'first_name', f.cells ->> 'last_name', f.cells ->> 'full_name', f.cells ->> 'email',
    f.cells ->> 'timezone', f.cells ->> 'postal_code', f.cells ->> 'servicetitan_customer_id',
    case
      when not p_is_objects and p_header_row > 0 and exists (
        select from jsonb_array_elements_text(r.item) with ordinality as c (cell, place)
        where c.place > jsonb_array_length(p_rows -> (p_header_row - 1)) and btrim(c.cell) <> ''
      ) then 'row_has_extra_cells'
    end
  from jsonb_array_elements(p_rows) with ordinality as r (item, place)
  cross join lateral (
    select jsonb_object_agg(m.field, (
      select string_agg(v.cell, E'\n' order by n.place)
      from jsonb_array_elements_text(m.names) with ordinality as n (name, place)
      cross join lateral (
        values (case when p_is_objects then r.item ->> n.name else r.item ->> (array_position(p_columns, n.name) - 1) end)
      ) as v (cell)
      where btrim(v.cell) <> ''
    ))
    from jsonb_each(p_mapping) as m (field, names)
  ) as f (cells)
  where r.place > p_header_row and exists (
    select from jsonb_array_elements_text(
      case when p_is_objects then jsonb_path_query_array(r.item, '$.*') else r.item end
    ) as c (cell)
    where btrim(c.cell, E' \t\r\n\u00A0') <> ''
  );
end
$$;
comment on function engine.rows_from_json(uuid, uuid, jsonb, boolean, integer, text[], jsonb) is 'Rows of a request as staged rows.';
revoke all on function engine.rows_from_json(uuid, uuid, jsonb, boolean, integer, text[], jsonb) from public;
