-- What a request brings, understood or refused as a whole: its shape, its columns, the mapping.
create or replace function engine.read_request_rows(p_rows jsonb, p_mapping jsonb, p_country text)
returns table (is_objects boolean, header_row integer, columns text[], mapping jsonb)
language plpgsql
stable
set search_path = ''
as $$
declare
  c_limit constant integer := 20000; -- what fits into the time that an API call has; files go through the command line
  v_issues jsonb;
begin
  if p_rows is null or jsonb_typeof(p_rows) <> 'array' or jsonb_array_length(p_rows) = 0 then
    perform engine.refuse_issues(
      jsonb_build_array(engine.issue('rows_missing', 'p_rows', 'There are no rows.')), 'The file'
    );
  end if;
  if jsonb_array_length(p_rows) > c_limit then
    perform engine.refuse(
      'OB009', format('An API call takes %s rows, and these are %s.', c_limit, jsonb_array_length(p_rows)),
      jsonb_build_object('limit', c_limit, 'actual', jsonb_array_length(p_rows)),
      'Import larger files with: outbound audiences import FILE'
    );
  end if;
  if exists (
    select from jsonb_array_elements(p_rows) as r (item)
    where jsonb_typeof(r.item) <> jsonb_typeof(p_rows -> 0) or jsonb_typeof(r.item) not in ('object', 'array')
  ) then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'rows_malformed', 'p_rows', 'Rows must be all objects ({"Phone": "…"}) or all arrays of cells.'
    )), 'The file');
  end if;
  select r.is_objects, r.header_row, r.columns into is_objects, header_row, columns
  from engine.read_columns(p_rows) as r;
  select m.mapping, m.issues into mapping, v_issues
  from engine.read_mapping(
    p_mapping, engine.guess_mapping(p_rows, is_objects, header_row, columns, p_country), columns
  ) as m;
  perform engine.refuse_issues(v_issues, 'The file');
  return next;
end
$$;
comment on function engine.read_request_rows(jsonb, jsonb, text) is
'Shape, columns and mapping of the rows of a request; OB001 when they cannot be read, OB009 when they are too many.';
revoke all on function engine.read_request_rows(jsonb, jsonb, text) from public;
