-- What a run or a preview waits for, for whoever looks at it; null when it goes on.
create or replace function engine.note_wait(p_team_id uuid, p_subject_id uuid, p_words text)
returns void
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  update public.audience_runs as r
  set waits_for = left(p_words, 300)
  where r.team_id = p_team_id and r.id = p_subject_id and r.status = 'RUNNING' and r.waits_for is distinct from left(p_words, 300);
  update engine.audience_previews as p
  set waits_for = left(p_words, 300)
  where p.team_id = p_team_id and p.id = p_subject_id and p.status = 'RUNNING' and p.waits_for is distinct from left(p_words, 300);
end
$$;
comment on function engine.note_wait(uuid, uuid, text) is 'Says what a running refresh or preview waits for.';
revoke all on function engine.note_wait(uuid, uuid, text) from public;
grant execute on function engine.note_wait(uuid, uuid, text) to outbound_worker;
