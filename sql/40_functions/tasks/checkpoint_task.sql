-- Remembers how far a task has come, and keeps it the worker's own. A worker that is told no has lost it
-- and must stop: somebody else goes on from the last checkpoint.
create or replace function engine.checkpoint_task(
  p_worker text, p_task_id uuid, p_progress jsonb, p_lease interval default '120 seconds'
)
returns boolean
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  update engine.tasks as t
  set progress = coalesce(p_progress, t.progress), lease_expires_at = clock_timestamp() + p_lease
  where t.id = p_task_id and t.status = 'CLAIMED' and t.lease_owner = p_worker and t.lease_expires_at > clock_timestamp();
  return found;
end
$$;
comment on function engine.checkpoint_task(text, uuid, jsonb, interval) is
'Renews the lease of a task and stores its progress (null: as it was); false when the worker no longer holds it.';
revoke all on function engine.checkpoint_task(text, uuid, jsonb, interval) from public;
grant execute on function engine.checkpoint_task(text, uuid, jsonb, interval) to outbound_worker;
