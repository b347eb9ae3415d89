-- Cursors are opaque: what is in one may change with any release.
create or replace function engine.page_cursor(p_key text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select translate(encode(convert_to(p_key, 'UTF8'), 'base64'), E'+/=\n', '-_')
$$;
comment on function engine.page_cursor(text) is 'The opaque cursor of a page that ends with this key.';
revoke all on function engine.page_cursor(text) from public;
