-- The answer of a list that comes in pages. Whoever asks reads one row more than the page has; whether that
-- is there says whether another page follows.
create or replace function engine.make_page(p_items jsonb[], p_limit integer, p_key text default 'id')
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  select jsonb_build_object(
    'items', to_jsonb(coalesce(p_items[:p_limit], '{}')),
    'next_cursor', case when cardinality(p_items) > p_limit then engine.page_cursor(p_items[p_limit] ->> p_key) end
  )
$$;
comment on function engine.make_page(jsonb[], integer, text) is
'{items, next_cursor} of up to one item more than the page holds; p_key names what the cursor carries.';
revoke all on function engine.make_page(jsonb[], integer, text) from public;
