-- What a person calls the column of a field: its header, or the field itself where a source has none.
create or replace function engine.column_label(p_mapping jsonb, p_field text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select coalesce(
    (
      select string_agg(n.name, ' / ' order by n.place)
      from jsonb_array_elements_text(p_mapping -> p_field) with ordinality as n (name, place)
    ),
    case when p_field in ('first_name', 'last_name') and p_mapping ? 'full_name' then p_mapping -> 'full_name' ->> 0 end,
    p_field,
    ''
  )
$$;
comment on function engine.column_label(jsonb, text) is 'Header of the column that a mapping reads a field from.';
revoke all on function engine.column_label(jsonb, text) from public;
