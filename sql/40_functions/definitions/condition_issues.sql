-- What is wrong with a condition: its kind, its fields, their values.
create or replace function engine.condition_issues(p_path text, p_kind text, p_said jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select case
    when not exists (select from reference.condition_fields as f where f.kind = p_kind)
      then jsonb_build_array(engine.issue(
        'condition_unknown', p_path, format(
          'There is no condition "%s"; there are %s.', left(p_kind, 100),
          (select string_agg(distinct f.kind, ', ' order by f.kind) from reference.condition_fields as f)
        )
      ))
    else engine.keyed_issues(
      p_path, p_said, array(select f.field from reference.condition_fields as f where f.kind = p_kind order by f.field)
    ) || coalesce(
      (
        select jsonb_agg(i.issue)
        from jsonb_each(case jsonb_typeof(p_said) when 'object' then p_said else '{}' end) as s (field, value)
        inner join reference.condition_fields as f on p_kind = f.kind and s.field = f.field
        cross join lateral jsonb_array_elements(engine.value_issues(p_path || '.' || s.field, s.value, f)) as i (issue)
      ), '[]'
    )
  end
$$;
comment on function engine.condition_issues(text, text, jsonb) is 'Issues of a condition of a definition.';
revoke all on function engine.condition_issues(text, text, jsonb) from public;
