-- What the sandbox's driver reads before it moves the clock.
create or replace function engine.read_clock()
returns table (at timestamptz, rate double precision, environment text)
language sql
stable
security definer -- reads the deployment row for workers
set search_path = ''
as $$
  select engine.now(), clock_rate, environment from engine.deployment
$$;
comment on function engine.read_clock() is 'The campaign time, how fast it runs, and whether this is production or a sandbox.';
revoke all on function engine.read_clock() from public;
grant execute on function engine.read_clock() to outbound_worker;
