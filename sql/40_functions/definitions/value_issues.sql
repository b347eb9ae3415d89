-- What is wrong with the value of one field of a condition.
create or replace function engine.value_issues(p_path text, p_value jsonb, p_field reference.condition_fields)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select case (p_field).type
    when 'words' then engine.listed_issues(p_path, p_value, (p_field).words, null)
    when 'ids' then engine.listed_issues(p_path, p_value, null, '^[1-9][0-9]{0,17}$')
    when 'zips' then engine.listed_issues(p_path, p_value, null, '^[0-9A-Za-z][0-9A-Za-z -]{0,9}$')
    when 'tags' then engine.keyed_issues(p_path, p_value, '{any,all,none}') || coalesce(
      (
        select jsonb_agg(i.issue)
        from jsonb_each(case jsonb_typeof(p_value) when 'object' then p_value else '{}' end) as t (how, ids)
        cross join lateral jsonb_array_elements(
          engine.listed_issues(p_path || '.' || t.how, t.ids, null, '^[1-9][0-9]{0,17}$')
        ) as i (issue)
        where t.how in ('any', 'all', 'none')
      ), '[]'
    )
    when 'amount' then engine.keyed_issues(p_path, p_value, '{min,max}') || engine.span_issues(p_path, p_value, 'amount')
    when 'window' then engine.window_issues(p_path, p_value)
    when 'flag' then case
      when jsonb_typeof(p_value) = 'boolean' then '[]'
      else jsonb_build_array(engine.issue('value_invalid', p_path, 'This must be true or false.'))
    end
  end
$$;
comment on function engine.value_issues(text, jsonb, reference.condition_fields) is 'Issues of a field''s value.';
revoke all on function engine.value_issues(text, jsonb, reference.condition_fields) from public;
