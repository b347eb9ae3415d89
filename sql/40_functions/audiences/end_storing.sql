-- The end of a run that was stored range by range.
create or replace function engine.end_storing(p_team_id uuid, p_run_id uuid)
returns public.audience_runs
language sql
volatile
security definer -- workers may write no table
set search_path = ''
as $$
  select engine.end_stored_run(engine.lock_run(p_team_id, p_run_id, '{RUNNING}'))
$$;
comment on function engine.end_storing(uuid, uuid) is 'Ends a run whose members are all stored; returns the run as it ended.';
revoke all on function engine.end_storing(uuid, uuid) from public;
grant execute on function engine.end_storing(uuid, uuid) to outbound_worker;
