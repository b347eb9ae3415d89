-- Whether the first row of a file names its columns. A row that says "phone" or "e-mail" does; a row
-- with an address, a number, a date or an id in it is data; a row of nothing but words is a header.
create or replace function engine.is_header(p_cells jsonb)
returns boolean
language sql
stable
parallel safe
set search_path = ''
as $$
  select coalesce(
    bool_or(exists (select from engine.header_fields(c.cell)))
    or not bool_or(
      c.cell ~ '@' or c.cell ~ '[0-9]{5}' or c.cell ~ '^\s*[-+(]?[$€£]?[0-9][-0-9.,/: ()]*\s*$'
      or c.cell ~ '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-'
    ),
    false
  )
  -- a cell that is a number cannot name a column, whatever words are beside it
  and not coalesce(bool_or(c.cell ~ '^\s*\+?[-0-9. ()]{7,}\s*$' or c.cell ~ '^\S+@\S+\.\S+$'), false)
  from jsonb_array_elements_text(p_cells) as c (cell)
  where btrim(c.cell) <> ''
$$;
comment on function engine.is_header(jsonb) is 'Whether a row of cells names columns rather than holding a contact.';
revoke all on function engine.is_header(jsonb) from public;
