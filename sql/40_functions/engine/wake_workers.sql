-- A job that is due now should be dialled now: tell the workers that listen. One notice for a
-- statement and channel, whatever the number of rows.
create or replace function engine.wake_workers()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform pg_notify('outbound_jobs', due.channel::text)
  from (
    select distinct n.channel
    from new_rows as n
    where n.status = 'READY' and n.run_at <= (select engine.now())
  ) as due;
  return null;
end
$$;
comment on function engine.wake_workers() is 'Notifies outbound_jobs with the queue of jobs that are due now.';
revoke all on function engine.wake_workers() from public;
