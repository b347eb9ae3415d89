-- A run of a list that some worker will take up. It waits as long as it must: only a run that somebody
-- has begun can be abandoned.
create or replace function engine.queue_refresh(p_team_id uuid, p_list_id uuid)
returns uuid
language sql
set search_path = ''
as $$
  insert into public.audience_runs (team_id, list_id, list_name, source, lease_expires_at)
  select l.team_id, l.id, l.name, l.source, 'infinity'
  from public.audience_lists as l
  where l.team_id = p_team_id and l.id = p_list_id and l.status = 'ACTIVE'
  on conflict do nothing
  returning id
$$;
comment on function engine.queue_refresh(uuid, uuid) is
'Queues a run of an active list and returns its id; null while the list has one open. Waits for whoever is opening one at this moment.';
revoke all on function engine.queue_refresh(uuid, uuid) from public;
