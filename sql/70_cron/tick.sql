-- Once a minute, where pg_cron is there; elsewhere the workers call the same functions. A job for each part of the
-- tick: pg_cron gives each a session of its own, so that none waits for another. A hosted project has pg_cron on offer
-- and lets postgres create it; and it ends every statement after two minutes, which the launch of a large list may take.
-- What a function sets itself comes too late for its own statement.
do $$
declare
  v_patience constant text := 'set statement_timeout = ''10min''; ';
begin
  if exists (select from pg_catalog.pg_available_extensions where name = 'pg_cron' and installed_version is null)
    and current_setting('cron.database_name', true) = current_database()
  then
    begin
      create extension pg_cron;
    exception when insufficient_privilege or feature_not_supported then
      raise notice 'pg_cron cannot be created here; the workers will call the tick';
    end;
  end if;
  if exists (select from pg_catalog.pg_extension where extname = 'pg_cron') then
    perform cron.schedule('outbound-tick', '* * * * *', v_patience || 'select engine.tick_work()');
    perform cron.schedule('outbound-launches', '* * * * *', v_patience || 'select engine.tick_launches()');
    perform cron.schedule('outbound-upkeep', '* * * * *', v_patience || 'select engine.tick_upkeep()');
  end if;
end
$$;
