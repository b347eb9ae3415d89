-- Runs whose worker is gone: silent for longer than the lease, and no transaction holds their row. A run
-- that a task is open for is never abandoned: whoever claims the task goes on with it.
create or replace function engine.fail_stale_runs()
returns integer
language plpgsql
security definer -- the tick and workers call it
set search_path = ''
as $$
declare
  v_run public.audience_runs;
  v_count integer := 0;
begin
  -- a few at most, each with tables of its own to empty
  for v_run in
    select * from public.audience_runs as r
    where r.status in ('QUEUED', 'RUNNING') and r.lease_expires_at < engine.now()
      and not exists (
        select from engine.tasks as t
        where t.team_id = r.team_id and t.kind = 'refresh' and t.subject_id = r.id and t.status in ('READY', 'CLAIMED')
      )
    order by r.team_id, r.id
    for update skip locked
  loop
    v_run.status := 'FAILED';
    v_run.failure_code := 'abandoned';
    v_run.failure_message := 'Whoever ran this stopped without a word; the list is as it was. Start it again.';
    perform engine.end_run(v_run);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function engine.fail_stale_runs() is 'Fails runs that were abandoned; returns how many. Idempotent; part of the tick.';
revoke all on function engine.fail_stale_runs() from public;
grant execute on function engine.fail_stale_runs() to outbound_worker;
