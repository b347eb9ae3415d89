-- What is wrong with an object that may have some keys and must have one of them.
create or replace function engine.keyed_issues(p_path text, p_value jsonb, p_keys text[])
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select case
    when jsonb_typeof(p_value) is distinct from 'object' or p_value = '{}'
      then jsonb_build_array(engine.issue(
        'value_invalid', p_path, format('This must be an object with %s.', array_to_string(p_keys, ' or '))
      ))
    else coalesce(
      (
        select jsonb_agg(engine.issue(
          'key_unknown', p_path || '.' || k.name,
          format('There is no "%s" here; there may be %s.', left(k.name, 100), array_to_string(p_keys, ', '))
        ) order by k.name)
        from jsonb_object_keys(p_value) as k (name)
        where k.name <> all(p_keys)
      ), '[]'
    )
  end
$$;
comment on function engine.keyed_issues(text, jsonb, text[]) is 'Issues of an object that must have some of the keys and no others.';
revoke all on function engine.keyed_issues(text, jsonb, text[]) from public;
