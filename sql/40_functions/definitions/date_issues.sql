-- What is wrong with the dates of a window. A day that no calendar has is found by asking for it.
create or replace function engine.date_issues(p_path text, p_value jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  with sides as (
    select
      s.side,
      case
        when s.value #>> '{}' !~ '^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' then null
        when right(s.value #>> '{}', 2)::integer > extract(day from (
          make_date(left(s.value #>> '{}', 4)::integer, substr(s.value #>> '{}', 6, 2)::integer, 1) + interval '1 month -1 day'
        )) then null
        else s.value #>> '{}'
      end as day
    from jsonb_each(p_value) as s (side, value)
    where s.side in ('from', 'to')
  )
  select coalesce(jsonb_agg(i.issue), '[]')
  from (
    select engine.issue('value_invalid', p_path || '.' || s.side, 'This must be a date such as 2026-01-31.') as issue
    from sides as s
    where s.day is null
    union all
    select engine.issue('value_invalid', p_path, 'from must not be after to.')
    from sides as a
    inner join sides as z on a.side = 'from' and z.side = 'to'
    where a.day > z.day
  ) as i
$$;
comment on function engine.date_issues(text, jsonb) is 'Issues of {from, to}.';
revoke all on function engine.date_issues(text, jsonb) from public;
