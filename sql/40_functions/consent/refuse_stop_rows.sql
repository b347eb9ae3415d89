-- A do-not-contact list comes as a list of a size that fits into the time of one API call.
create or replace function engine.refuse_stop_rows(p_rows jsonb)
returns void
language plpgsql
immutable
set search_path = ''
as $$
declare
  c_limit constant integer := 20000;
begin
  if p_rows is null or jsonb_typeof(p_rows) <> 'array' or jsonb_array_length(p_rows) = 0 then
    perform engine.refuse_issues(
      jsonb_build_array(engine.issue('rows_missing', 'p_rows', 'There are no rows.')), 'The list'
    );
  elsif jsonb_array_length(p_rows) > c_limit then
    perform engine.refuse(
      'OB009', format('An API call takes %s rows, and these are %s.', c_limit, jsonb_array_length(p_rows)),
      jsonb_build_object('limit', c_limit, 'actual', jsonb_array_length(p_rows)),
      'Import larger files with: outbound consent import FILE'
    );
  end if;
end
$$;
comment on function engine.refuse_stop_rows(jsonb) is 'OB001 when there are no rows, OB009 when they are too many for one call.';
revoke all on function engine.refuse_stop_rows(jsonb) from public;
