-- What a header says a column holds. A column for faxes, or one that tells about phones (their type,
-- their carrier), is not one of phones.
create or replace function engine.header_fields(p_header text)
returns table (field text, rank smallint)
language plpgsql
stable
parallel safe
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select h.field, min(h.rank + case when h.spelling = k.key then 0 else 10 end)::smallint
  from (select engine.header_key(p_header) as key offset 0) as k -- worked out once
  inner join reference.import_headers as h
    on h.spelling = k.key
    or (
      h.is_word and (' ' || k.key || ' ') like ('% ' || h.spelling || ' %')
      and k.key !~ '\m(fax|type|carrier|country|verified|status|opt|consent|date|time|count|ext|extension|owner|valid)\M'
    )
  group by h.field;
end
$$;
comment on function engine.header_fields(text) is 'Fields that a column may hold by its header, with a rank (lowest is surest).';
revoke all on function engine.header_fields(text) from public;
