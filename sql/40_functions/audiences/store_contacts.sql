-- Stores the new contacts of a range of numbers ahead of the transaction that holds the run, which makes members
-- of them. A contact alone is in no list and is nobody's to call. What somebody else holds is not waited for long:
-- they may wait for the holder, which waits for this.
create or replace function engine.store_contacts(p_team_id uuid, p_run_id uuid, p_from text, p_before text)
returns bigint
language plpgsql
security definer -- workers may write no table but the staging
set search_path = ''
set lock_timeout = '5s'
set enable_nestloop = off -- whatever statistics say of tables that are filled at this moment
as $$
begin
  perform engine.join_run(p_team_id, p_run_id);
  -- nothing refers to them before the holder commits, whose commit takes this one to the disk as well
  perform set_config('synchronous_commit', 'off', true);
  return engine.add_contacts(p_team_id, p_run_id, p_from, p_before);
exception
  when unique_violation or lock_not_available then
    return null;
end
$$;
comment on function engine.store_contacts(uuid, uuid, text, text) is
'Stores the new contacts of a settled run whose numbers are in [from, before); how many, or null when somebody else adds one of them.';
revoke all on function engine.store_contacts(uuid, uuid, text, text) from public;
grant execute on function engine.store_contacts(uuid, uuid, text, text) to outbound_worker;
