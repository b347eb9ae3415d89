-- Whom a run leaves out: the list says so, at the moment when the run stores its rows. A list that the
-- run would make leaves out nobody.
create or replace function engine.exclusions_of_run(p_run public.audience_runs)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(
    (select l.exclusions from public.audience_lists as l where l.team_id = p_run.team_id and l.id = p_run.list_id), '{}'
  )
$$;
comment on function engine.exclusions_of_run(public.audience_runs) is 'The exclusions of the list that a run fills.';
revoke all on function engine.exclusions_of_run(public.audience_runs) from public;
