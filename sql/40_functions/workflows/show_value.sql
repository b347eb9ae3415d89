-- A value as messages name it: short, whatever was sent. In PL/pgSQL, as are all small functions here
-- that are called for many values, because one in SQL would be planned anew each time.
create or replace function engine.show_value(p_value jsonb)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case coalesce(jsonb_typeof(p_value), 'null')
    when 'null' then 'nothing'
    when 'object' then 'an object'
    when 'array' then 'a list'
    else left(p_value::text, 60) || case when length(p_value::text) > 60 then '…' else '' end
  end;
end
$$;
comment on function engine.show_value(jsonb) is 'A JSON value in at most 61 characters, for a message.';
revoke all on function engine.show_value(jsonb) from public;
