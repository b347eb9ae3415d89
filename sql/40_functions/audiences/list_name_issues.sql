-- What is wrong with the name of a list.
create or replace function engine.list_name_issues(p_name text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select case
    when coalesce(length(btrim(p_name)), 0) between 1 and 200 then '[]'
    else jsonb_build_array(engine.issue('name_length', 'p_name', 'The name must have 1 to 200 characters.'))
  end
$$;
comment on function engine.list_name_issues(text) is 'Issues of a list''s name; none is an empty array.';
revoke all on function engine.list_name_issues(text) from public;
