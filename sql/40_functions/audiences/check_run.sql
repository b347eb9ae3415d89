-- Checks all staged rows of a run, those aside that were checked as they came.
create or replace function engine.check_run(p_team_id uuid, p_run_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform engine.check_new_rows(p_team_id, p_run_id);
  -- the plans of what follows depend on how many rows there are, which nothing else tells them in time
  analyze engine.checked_rows;
end
$$;
comment on function engine.check_run(uuid, uuid) is 'Checks the staged rows of a run into engine.checked_rows.';
revoke all on function engine.check_run(uuid, uuid) from public;
