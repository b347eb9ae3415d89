-- A value as messages name it: short, whatever was sent.
create or replace function engine.show_value(p_value jsonb)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case coalesce(jsonb_typeof(p_value), 'missing')
    when 'missing' then 'nothing'
    when 'null' then 'nothing'
    when 'object' then 'an object'
    when 'array' then 'a list'
    else left(p_value::text, 60) || case when length(p_value::text) > 60 then '…' else '' end
  end
$$;
comment on function engine.show_value(jsonb) is 'A JSON value in at most 61 characters, for a message.';
revoke all on function engine.show_value(jsonb) from public;
