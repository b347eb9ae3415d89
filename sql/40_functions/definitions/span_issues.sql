-- What is wrong with {min, max}: whole days of at most ten years, or amounts; and the lower one first.
create or replace function engine.span_issues(p_path text, p_value jsonb, p_type text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  with sides as (
    select
      s.side,
      case
        when jsonb_typeof(s.value) is distinct from 'number' then null
        when p_type = 'days' and s.value::text !~ '^[0-9]{1,4}$' then null
        when abs(s.value::text::numeric) > 1000000000 then null
        else s.value::text::numeric
      end as amount
    from jsonb_each(case jsonb_typeof(p_value) when 'object' then p_value else '{}' end) as s (side, value)
    where s.side in ('min', 'max')
  )
  select coalesce(jsonb_agg(i.issue), '[]')
  from (
    select engine.issue(
      'value_invalid', p_path || '.' || s.side,
      case p_type when 'days' then 'This must be a whole number of days, 0 to 9999.' else 'This must be a number.' end
    ) as issue
    from sides as s
    where s.amount is null
    union all
    select engine.issue('value_invalid', p_path, 'min must not be more than max.')
    from sides as low
    inner join sides as high on low.side = 'min' and high.side = 'max'
    where low.amount > high.amount
  ) as i
$$;
comment on function engine.span_issues(text, jsonb, text) is 'Issues of the numbers in {min, max}; p_type is days or amount.';
revoke all on function engine.span_issues(text, jsonb, text) from public;
