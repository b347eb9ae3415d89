-- Tasks whose worker went silent: somebody else goes on from the last checkpoint. A loop, because what a
-- failed one was for is told one by one; there are as many as workers died with.
create or replace function engine.expire_tasks()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_task engine.tasks;
  v_count integer := 0;
begin
  for v_task in
    select t.*
    from engine.tasks as t
    where t.status = 'CLAIMED' and t.lease_expires_at <= clock_timestamp()
    order by t.id
    for update skip locked
  loop
    perform engine.put_task_off(
      v_task, false, 'lease_expired', 'Whoever worked on this stopped without a word.', interval '0'
    );
    v_count := v_count + 1;
  end loop;
  delete from engine.tasks as t where t.status in ('DONE', 'FAILED') and t.finished_at < engine.now() - interval '30 days';
  return v_count;
end
$$;
comment on function engine.expire_tasks() is 'Takes tasks back from silent workers and removes old ones; returns how many it took back.';
revoke all on function engine.expire_tasks() from public;
