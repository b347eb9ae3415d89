-- Why the rows of a run are not stored, in one sentence with counts; null when they are.
create or replace function engine.refusal_of_run(p_run public.audience_runs)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when p_run.fetched_count = 0 then 'The file has no rows below its header.'
    when p_run.rejected_count = p_run.fetched_count or (p_run.rejected_count > 0 and not p_run.is_partial_allowed)
      then format(
        '%s of %s rows cannot be used (%s); nothing was stored.', p_run.rejected_count, p_run.fetched_count,
        (
          select string_agg(format('%s × %s', n.times, n.code), ', ' order by n.times desc, n.code)
          from (
            select e.code, count(*) as times
            from public.audience_run_errors as e
            where e.team_id = p_run.team_id and e.run_id = p_run.id and e.severity = 'error'
            group by e.code
          ) as n
        )
      )
  end
$$;
comment on function engine.refusal_of_run(public.audience_runs) is 'The sentence that refuses a checked run, or null.';
revoke all on function engine.refusal_of_run(public.audience_runs) from public;
