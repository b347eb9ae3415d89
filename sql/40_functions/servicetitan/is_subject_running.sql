-- Whether what a task works for still waits for its result. Holds it so until the transaction ends.
create or replace function engine.is_subject_running(p_team_id uuid, p_subject_id uuid)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  perform from public.audience_runs as r
  where r.team_id = p_team_id and r.id = p_subject_id and r.status = 'RUNNING'
  for share;
  if found then
    return true;
  end if;
  perform from engine.audience_previews as p
  where p.team_id = p_team_id and p.id = p_subject_id and p.status = 'RUNNING'
  for share;
  return found;
end
$$;
comment on function engine.is_subject_running(uuid, uuid) is 'Whether the run or the preview is RUNNING.';
revoke all on function engine.is_subject_running(uuid, uuid) from public;
