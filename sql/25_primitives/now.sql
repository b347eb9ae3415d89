-- The clock. All code reads the time here and nowhere else, so that a sandbox or a test can set it.
-- In production the columns that could change it are null, kept so by a CHECK on the table.
create or replace function engine.now()
returns timestamptz
language plpgsql
stable
parallel safe
security definer -- everyone who inserts a row reads the clock; nobody reads the table
set search_path = ''
as $$
begin
  return (
    select coalesce(
      clock_at + (statement_timestamp() - clock_set_at) * clock_rate,
      statement_timestamp()
    )
    from engine.deployment
  );
end
$$;
comment on function engine.now() is 'The moment it is for campaigns: real time in production, the set clock in a sandbox.';
revoke all on function engine.now() from public;
grant execute on function engine.now() to authenticated, service_role, outbound_worker;
