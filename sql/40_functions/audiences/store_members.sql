-- The holder of a run makes members of a range of numbers whose contacts are there (engine.store_contacts).
create or replace function engine.store_members(p_team_id uuid, p_run_id uuid, p_from text, p_before text)
returns void
language plpgsql
security definer -- workers may write no table
set search_path = ''
set enable_nestloop = off -- whatever statistics say of tables that are filled at this moment
as $$
declare
  v_run public.audience_runs := engine.lock_run(p_team_id, p_run_id, '{RUNNING}');
  v_added bigint := engine.add_members(p_team_id, p_run_id, v_run.list_id, p_from, p_before);
begin
  update public.audience_runs as r
  set added_count = r.added_count + v_added
  where r.team_id = p_team_id and r.id = p_run_id;
end
$$;
comment on function engine.store_members(uuid, uuid, text, text) is 'Adds the people of a run whose numbers are in [from, before) to its list.';
revoke all on function engine.store_members(uuid, uuid, text, text) from public;
grant execute on function engine.store_members(uuid, uuid, text, text) to outbound_worker;
