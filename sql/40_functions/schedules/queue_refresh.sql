-- A run of a list and the task that carries it out. It waits as long as it must: only a run that somebody
-- has begun can be abandoned. Without an account to ask, the run fails at once and says so.
create or replace function engine.queue_refresh(p_team_id uuid, p_list_id uuid)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_run_id uuid;
begin
  insert into public.audience_runs (team_id, list_id, list_name, source, is_partial_allowed, started_by, lease_expires_at)
  select l.team_id, l.id, l.name, l.source, true, (select auth.uid()), 'infinity'
  from public.audience_lists as l
  where l.team_id = p_team_id and l.id = p_list_id and l.status = 'ACTIVE'
  on conflict do nothing
  returning id into v_run_id;
  if v_run_id is null then
    return null;
  elsif exists (
    select from public.integrations as i where i.team_id = p_team_id and i.provider = 'servicetitan'
  ) then
    perform engine.add_task(p_team_id, 'refresh', v_run_id);
  else
    perform engine.fail_run(p_team_id, v_run_id, 'not_connected', 'No ServiceTitan account is connected.');
  end if;
  return v_run_id;
end
$$;
comment on function engine.queue_refresh(uuid, uuid) is
'Queues a run of an active list with its task and returns its id; null while the list has one open. Waits for whoever is opening one at this moment.';
revoke all on function engine.queue_refresh(uuid, uuid) from public;
