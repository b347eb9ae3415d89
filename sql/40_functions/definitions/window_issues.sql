-- What is wrong with a window of time: days ago, days ahead, or dates.
create or replace function engine.window_issues(p_path text, p_value jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select case
    when jsonb_typeof(p_value) is distinct from 'object'
      or (p_value ? 'days_ago')::integer + (p_value ? 'days_ahead')::integer + (p_value ?| '{from,to}')::integer <> 1
      then jsonb_build_array(engine.issue(
        'value_invalid', p_path, 'A window is one of {"days_ago": {min, max}}, {"days_ahead": {min, max}} and {"from", "to"}.'
      ))
    when p_value ?| '{from,to}' then engine.keyed_issues(p_path, p_value, '{from,to}') || engine.date_issues(p_path, p_value)
    else engine.keyed_issues(p_path, p_value, '{days_ago,days_ahead}') || coalesce(
      (
        select jsonb_agg(i.issue)
        from jsonb_each(p_value) as w (form, span)
        cross join lateral jsonb_array_elements(
          engine.keyed_issues(p_path || '.' || w.form, w.span, '{min,max}')
          || engine.span_issues(p_path || '.' || w.form, w.span, 'days')
        ) as i (issue)
        where w.form in ('days_ago', 'days_ahead')
      ), '[]'
    )
  end
$$;
comment on function engine.window_issues(text, jsonb) is 'Issues of a window.';
revoke all on function engine.window_issues(text, jsonb) from public;
