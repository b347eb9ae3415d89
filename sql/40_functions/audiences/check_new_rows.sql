-- Checks the staged rows of a run, or a preview, that come after those that are checked already. Batch by
-- batch, so that memory stays flat whatever the file's size: that is the reason for the loop.
create or replace function engine.check_new_rows(p_team_id uuid, p_run_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
declare
  c_batch constant integer := 20000;
  v_from bigint;
begin
  select max(k.row_number) + 1 into v_from
  from engine.checked_rows as k
  where k.team_id = p_team_id and k.run_id = p_run_id;
  loop
    select min(r.row_number) into v_from
    from engine.import_rows as r
    where r.team_id = p_team_id and r.run_id = p_run_id and r.row_number >= coalesce(v_from, 0);
    exit when v_from is null;
    perform engine.check_other_rows(p_team_id, p_run_id, v_from, v_from + c_batch - 1);
    v_from := v_from + c_batch;
  end loop;
end
$$;
comment on function engine.check_new_rows(uuid, uuid) is 'Checks staged rows into engine.checked_rows, from the first on that is not checked.';
revoke all on function engine.check_new_rows(uuid, uuid) from public;
