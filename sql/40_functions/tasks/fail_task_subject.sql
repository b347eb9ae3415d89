-- What the failure of a task means for what it was for: one branch a kind, and the one place that knows.
create or replace function engine.fail_task_subject(
  p_team_id uuid, p_kind engine.task_kind, p_subject_id uuid, p_code text, p_message text
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_kind = 'refresh' and exists (
    select from public.audience_runs as r
    where r.team_id = p_team_id and r.id = p_subject_id and r.status in ('QUEUED', 'RUNNING')
  ) then
    perform engine.fail_run(p_team_id, p_subject_id, p_code, p_message);
  elsif p_kind = 'preview' then
    perform engine.end_preview(p_team_id, p_subject_id, null, p_code, p_message);
  elsif p_kind = 'catalogue' then
    update engine.servicetitan_catalogues as c
    set failure_code = p_code, failure_message = p_message
    where c.team_id = p_team_id and c.id = p_subject_id;
  elsif p_kind = 'hold' then
    perform engine.fail_hold(p_team_id, p_subject_id, p_code, p_message);
  end if; -- nothing waits for a watch: the tick queues the next one
end
$$;
comment on function engine.fail_task_subject(uuid, engine.task_kind, uuid, text, text) is
'Fails the run, preview, item or catalogue that a failed task was for.';
revoke all on function engine.fail_task_subject(uuid, engine.task_kind, uuid, text, text) from public;
