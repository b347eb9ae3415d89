-- In the night, fifty campaigns every five minutes: some thousands, each at most once. Nobody else does it where
-- pg_cron is not there; an operator can call it.
do $$
begin
  if exists (select from pg_catalog.pg_extension where extname = 'pg_cron') then
    perform cron.schedule('outbound-check-counters', '*/5 6-10 * * *', 'select engine.check_counters()');
  end if;
end
$$;
