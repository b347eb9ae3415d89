-- Puts work for ServiceTitan into the queue, once for a subject while that is open. A team without an
-- account there is told so before anything is queued.
create or replace function engine.add_task(
  p_team_id uuid,
  p_kind engine.task_kind,
  p_subject_id uuid,
  p_run_at timestamptz default engine.now()
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_integration_id uuid;
  v_task_id uuid;
begin
  select i.id into v_integration_id
  from public.integrations as i
  where i.team_id = p_team_id and i.provider = 'servicetitan';
  if v_integration_id is null then
    perform engine.refuse(
      'OB007', 'No ServiceTitan account is connected.',
      jsonb_build_object('blockers', jsonb_build_array(jsonb_build_object(
        'code', 'integration_missing_servicetitan', 'message', 'No ServiceTitan account is connected.'
      ))),
      'Connect the account first: an admin can, with upsert_integration.'
    );
  end if;
  insert into engine.tasks (team_id, kind, subject_id, integration_id, run_at)
  values (p_team_id, p_kind, p_subject_id, v_integration_id, p_run_at)
  on conflict (team_id, kind, subject_id) where status in ('READY', 'CLAIMED') do nothing
  returning id into v_task_id;
  if v_task_id is not null and p_run_at <= engine.now() then
    perform pg_notify('outbound_jobs', 'task');
  end if;
  return v_task_id;
end
$$;
comment on function engine.add_task(uuid, engine.task_kind, uuid, timestamptz) is
'Queues a task for a subject and wakes workers; null when the subject has an open one. OB007 without an account.';
revoke all on function engine.add_task(uuid, engine.task_kind, uuid, timestamptz) from public;
