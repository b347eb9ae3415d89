-- Makes members of the accepted rows. Somebody else may add one of these people at the same moment. The
-- usual ways around that cost more than half as much again for each row, so nothing is done about it before
-- it happens: a number, or a member, that is there all of a sudden undoes this step, and the next look finds it.
-- New contacts come first: after that every number is there to be seen, whoever has added it.
create or replace function engine.store_run(p_team_id uuid, p_run_id uuid, p_list_id uuid)
returns bigint
language plpgsql
set search_path = ''
set enable_nestloop = on -- so that what is set below ends here
as $$
declare
  c_many constant integer := 5000;
  c_attempts constant integer := 10;
  v_attempt integer := 1;
  v_added bigint;
  v_rows constant bigint := (
    select count(*) from (
      select from engine.checked_rows as k where k.team_id = p_team_id and k.run_id = p_run_id limit c_many
    ) as k
  );
begin
  if v_rows = c_many then
    -- statistics may say that contacts are none, and each of many rows would then look through all of them
    perform set_config('enable_nestloop', 'off', true);
  end if;
  loop
    begin
      -- Where each of a few rows, a lead's one above all, has made a contact there is nobody to be told anything new.
      if engine.add_contacts(p_team_id, p_run_id) < v_rows or v_rows = c_many then
        perform engine.update_contacts(p_team_id, p_run_id);
      end if;
      v_added := engine.add_members(p_team_id, p_run_id, p_list_id);
      exit;
    exception
      when unique_violation then
        if v_attempt = c_attempts then
          raise;
        end if;
        v_attempt := v_attempt + 1;
    end;
  end loop;
  return v_added;
end
$$;
comment on function engine.store_run(uuid, uuid, uuid) is
'Stores the contacts of a run''s accepted rows and adds them to the list; returns how many members are new.';
revoke all on function engine.store_run(uuid, uuid, uuid) from public;
