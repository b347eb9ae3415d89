-- A task that did not get done: READY again after a while, or FAILED when it is for good or was begun too
-- often, and then what it was for is told.
create or replace function engine.put_task_off(
  p_task engine.tasks, p_is_final boolean, p_code text, p_message text, p_wait interval
)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_is_final boolean := p_is_final or p_task.attempt_count >= engine.task_attempts();
begin
  update engine.tasks as t
  set
    status = case when v_is_final then 'FAILED' else 'READY' end::engine.task_status,
    run_at = case when v_is_final then t.run_at else engine.now() + p_wait end,
    attempt_count = p_task.attempt_count,
    failure_code = left(p_code, 100), failure_message = left(p_message, 2000),
    finished_at = case when v_is_final then engine.now() end,
    lease_owner = null, lease_expires_at = null
  where t.team_id = p_task.team_id and t.id = p_task.id;
  if v_is_final then
    perform engine.fail_task_subject(p_task.team_id, p_task.kind, p_task.subject_id, left(p_code, 100), left(p_message, 2000));
    return 'FAILED';
  end if;
  return 'READY';
end
$$;
comment on function engine.put_task_off(engine.tasks, boolean, text, text, interval) is
'Puts a task off, or fails it and tells what it was for; returns its status.';
revoke all on function engine.put_task_off(engine.tasks, boolean, text, text, interval) from public;
