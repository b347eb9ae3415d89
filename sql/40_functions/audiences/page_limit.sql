-- A page has a size; more than the limit is refused rather than quietly cut.
create or replace function engine.page_limit(p_limit integer)
returns integer
language plpgsql
immutable
set search_path = ''
as $$
declare
  c_limit constant integer := 1000;
begin
  if p_limit is null then
    return 50;
  elsif p_limit < 1 then
    perform engine.refuse_issues(
      jsonb_build_array(engine.issue('limit_not_positive', 'p_limit', 'A page has at least one row.')), 'The request'
    );
  elsif p_limit > c_limit then
    perform engine.refuse(
      'OB009', format('A page has at most %s rows.', c_limit),
      jsonb_build_object('limit', c_limit, 'actual', p_limit), 'Ask for further pages with p_cursor.'
    );
  end if;
  return p_limit;
end
$$;
comment on function engine.page_limit(integer) is 'The size of a page: 50 unless asked, at most 1000 (OB009).';
revoke all on function engine.page_limit(integer) from public;
