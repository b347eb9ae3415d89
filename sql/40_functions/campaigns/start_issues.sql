-- A time of start that is far away is a slip, and one at the end of all time (timestamps have an infinity) can't be
-- counted with.
create or replace function engine.start_issues(p_path text, p_at timestamptz)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select case when p_at not between '2000-01-01 00:00+00' and '2100-01-01 00:00+00' then jsonb_build_array(engine.issue(
    'start_invalid', p_path, 'The start must be a moment between 2000 and 2100.'
  )) else '[]' end
$$;
comment on function engine.start_issues(text, timestamptz) is 'The problem of a moment that nothing can start at: [], or one issue.';
revoke all on function engine.start_issues(text, timestamptz) from public;
