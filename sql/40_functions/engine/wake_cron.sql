-- pg_cron keeps its jobs in memory and reads them again when it is told that they changed. It misses that when so much
-- of the catalogue changes at once that all caches are reset, as when a project is migrated: then its scheduler stands
-- still until a job changes. So a worker that starts changes the tick's, to what it is, unless it runs.
create or replace function engine.wake_cron()
returns boolean
language plpgsql
security definer -- cron's tables are its own, and so is the job
set search_path = ''
as $$
declare
  v_tick jsonb := engine.tick_facts();
  v_is_put boolean;
begin
  if v_tick ->> 'driven_by' <> 'pg_cron'
    or (v_tick ->> 'last_run_at')::timestamptz > statement_timestamp() - interval '3 minutes'
  then
    return false;
  end if;
  -- Dynamic, because the table is not there on every server; another's job of that name is not ours to put.
  execute 'select count(cron.schedule(j.jobname, j.schedule, j.command)) > 0 from cron.job as j'
    ' where j.jobname = ''outbound-tick'' and j.active and j.username = current_user'
  into v_is_put;
  return v_is_put;
end
$$;
comment on function engine.wake_cron() is
'Lets pg_cron read its jobs again when it should call the tick and has not for three minutes; whether it did so.';
revoke all on function engine.wake_cron() from public;
grant execute on function engine.wake_cron() to outbound_worker;
