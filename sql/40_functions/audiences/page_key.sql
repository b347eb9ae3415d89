-- The key in a cursor, or OB001 when it is none of ours. The pattern is what its kind of key looks like.
create or replace function engine.page_key(p_cursor text, p_pattern text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_key text;
  v_base64 text := translate(p_cursor, '-_', '+/');
begin
  if p_cursor is null then
    return null;
  end if;
  if v_base64 ~ '^[A-Za-z0-9+/]+$' and length(v_base64) % 4 <> 1 then
    v_key := encode(decode(rpad(v_base64, ceil(length(v_base64) / 4.0)::integer * 4, '='), 'base64'), 'escape');
  end if;
  if v_key is null or v_key !~ p_pattern then
    perform engine.refuse_issues(
      jsonb_build_array(engine.issue('cursor_malformed', 'p_cursor', 'This is not a cursor of this list.')), 'The request'
    );
  end if;
  return v_key;
end
$$;
comment on function engine.page_key(text, text) is 'The key that a cursor carries; OB001 when it does not fit the pattern.';
revoke all on function engine.page_key(text, text) from public;
