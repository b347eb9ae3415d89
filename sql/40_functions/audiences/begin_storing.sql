-- The holder of a settled run begins to store it: what was found is kept, the list is there, and what the rows say
-- of contacts that the team has is written. That comes before any member, because members lock their list, and
-- contacts are locked before lists.
create or replace function engine.begin_storing(p_team_id uuid, p_run_id uuid)
returns void
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_run public.audience_runs := engine.lock_run(p_team_id, p_run_id, '{RUNNING}');
begin
  v_run := engine.count_rows(v_run);
  if v_run.list_id is null then
    v_run.list_id := engine.new_list(p_team_id, v_run.list_name, v_run.source, '{}');
  end if;
  update public.audience_runs as r
  set
    list_id = v_run.list_id,
    fetched_count = v_run.fetched_count,
    excluded_count = v_run.excluded_count,
    rejected_count = v_run.rejected_count,
    duplicate_count = v_run.duplicate_count,
    warning_count = v_run.warning_count
  where r.team_id = p_team_id and r.id = p_run_id;
  perform engine.update_contacts(p_team_id, p_run_id);
end
$$;
comment on function engine.begin_storing(uuid, uuid) is 'Begins to store a settled run: its counts, its list, and changes of contacts that are there.';
revoke all on function engine.begin_storing(uuid, uuid) from public;
grant execute on function engine.begin_storing(uuid, uuid) to outbound_worker;
