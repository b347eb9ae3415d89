-- A node or an edge as messages name it: by its id, else by its position.
create or replace function engine.name_place(p_about text, p_place_no integer, p_id text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case
    when p_id is not null then p_about || ' ' || engine.show_value(to_jsonb(p_id))
    else format('the %s at position %s', p_about, p_place_no)
  end;
end
$$;
comment on function engine.name_place(text, integer, text) is 'A node or an edge in words: by its id, else by its position.';
revoke all on function engine.name_place(text, integer, text) from public;
