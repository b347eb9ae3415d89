-- What came of a task. done and failed end it; later puts it off, for as long as the provider asked or
-- with back-off; paused stops the whole account, with the reason that operators see, and leaves the
-- task for when it is mended. Only the worker that holds it may say so; a late word changes nothing.
create or replace function engine.end_task(
  p_worker text,
  p_task_id uuid,
  p_verdict text,
  p_code text default null,
  p_message text default null,
  p_retry_after_seconds double precision default null
)
returns text
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_task engine.tasks;
begin
  if p_verdict is null or p_verdict not in ('done', 'later', 'failed', 'paused') then
    perform engine.refuse('OB001', 'A task ends as done, later, failed or paused.', '[]');
  end if;
  select t.* into v_task
  from engine.tasks as t
  where t.id = p_task_id and t.status = 'CLAIMED' and t.lease_owner = p_worker
  for update;
  if v_task.id is null then
    return null;
  end if;
  if p_verdict = 'done' then
    update engine.tasks as t
    set status = 'DONE', finished_at = engine.now(), lease_owner = null, lease_expires_at = null
    where t.team_id = v_task.team_id and t.id = v_task.id;
    return 'DONE';
  end if;
  if p_verdict = 'paused' then
    update public.integrations as i
    set status = 'PAUSED', paused_at = engine.now(), paused_reason = left(coalesce(p_message, p_code, 'unknown'), 500)
    where i.team_id = v_task.team_id and i.id = v_task.integration_id and i.status = 'ACTIVE';
  end if;
  -- Waiting that the provider or the account asks for is no failure of the task.
  if p_verdict = 'paused' or (p_verdict = 'later' and p_retry_after_seconds is not null) then
    v_task.attempt_count := v_task.attempt_count - 1;
  end if;
  return engine.put_task_off(
    v_task, p_verdict = 'failed', coalesce(p_code, 'unknown'), coalesce(p_message, 'No reason was given.'),
    engine.back_off(v_task.attempt_count, p_retry_after_seconds)
  );
end
$$;
comment on function engine.end_task(text, uuid, text, text, text, double precision) is
'Records done, later, failed or paused of a task that the worker holds; returns its status, null when it is not held.';
revoke all on function engine.end_task(text, uuid, text, text, text, double precision) from public;
grant execute on function engine.end_task(text, uuid, text, text, text, double precision) to outbound_worker;
