-- A word that no job can have is a mistake, not an empty page.
create or replace function engine.job_filter_issues(p_status text, p_phone text, p_read_phone text, p_problem text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(f.issue), '[]')
  from (
    select engine.issue(
      'status_unknown', 'p_status',
      format('The status must be %s, or null for all.', array_to_string(enum_range(null::public.job_status), ', '))
    ) as issue
    where p_status <> all(enum_range(null::public.job_status)::text[])
    union all
    select engine.issue(p.code, 'p_phone', p.message)
    from reference.import_problems as p
    where p_phone is not null and p_read_phone is null and p.code = coalesce(p_problem, 'phone_missing')
  ) as f
$$;
comment on function engine.job_filter_issues(text, text, text, text) is
'What is wrong with the filters of a page of jobs: the status, and the number as written, as read, and its problem.';
revoke all on function engine.job_filter_issues(text, text, text, text) from public;
