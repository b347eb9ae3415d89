-- The staged rows of these numbers that no check has taken yet.
create or replace function engine.unchecked_rows(p_team_id uuid, p_run_id uuid, p_first bigint, p_last bigint)
returns engine.import_rows[]
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
set enable_nestloop = off -- whatever statistics say of tables that are filled at this moment
as $$
begin
  return (
    select array_agg(r order by r.row_number)
    from engine.import_rows as r
    where r.team_id = p_team_id and r.run_id = p_run_id and r.row_number between p_first and p_last
      and not exists (
        select from engine.checked_rows as k
        where k.team_id = p_team_id and k.run_id = p_run_id and k.row_number = r.row_number
          and k.row_number between p_first and p_last -- the same, for the index
      )
  );
end
$$;
comment on function engine.unchecked_rows(uuid, uuid, bigint, bigint) is 'Staged rows of these numbers that are not checked yet.';
revoke all on function engine.unchecked_rows(uuid, uuid, bigint, bigint) from public;
