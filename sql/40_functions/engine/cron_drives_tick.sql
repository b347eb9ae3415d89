-- Whether pg_cron calls every part of the tick here. Where one is missing, a worker must; twice does no harm.
create or replace function engine.cron_drives_tick()
returns boolean
language plpgsql
stable
security definer -- cron's tables are its own
set search_path = ''
as $$
declare
  v_is_scheduled boolean := false;
begin
  if to_regclass('cron.job') is not null then
    -- Dynamic, because the table is not there on every server.
    execute 'select count(distinct jobname) = 3 from cron.job'
      ' where jobname in (''outbound-tick'', ''outbound-launches'', ''outbound-upkeep'') and active'
    into v_is_scheduled;
  end if;
  return v_is_scheduled;
end
$$;
comment on function engine.cron_drives_tick() is 'True when pg_cron calls all parts of the tick every minute.';
revoke all on function engine.cron_drives_tick() from public;
grant execute on function engine.cron_drives_tick() to outbound_worker;
