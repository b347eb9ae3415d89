-- What a refresh would do up to the point where it would store: the same rows, the same checks, counted,
-- and the first twenty shown.
create or replace function engine.finish_preview(p_team_id uuid, p_preview_id uuid)
returns void
language plpgsql
security definer -- workers may write no table
set search_path = ''
set jit = off
as $$
declare
  v_preview engine.audience_previews;
begin
  select p.* into v_preview
  from engine.audience_previews as p
  where p.team_id = p_team_id and p.id = p_preview_id and p.status = 'RUNNING'
  for update;
  if v_preview.id is null then
    return;
  end if;
  perform engine.stage_subject(p_team_id, p_preview_id, v_preview.source, v_preview.definition, v_preview.started_at);
  perform engine.check_run(p_team_id, p_preview_id);
  perform engine.mark_duplicates(p_team_id, p_preview_id);
  perform engine.mark_excluded(p_team_id, p_preview_id, v_preview.exclusions);
  perform engine.end_preview(p_team_id, p_preview_id, (
    select jsonb_build_object(
      'count', count(*) filter (where c.verdict = 'accepted'),
      'counts', jsonb_build_object(
        'fetched', count(*), 'rejected', count(*) filter (where c.verdict = 'rejected'),
        'duplicate', count(*) filter (where c.verdict = 'duplicate'),
        'excluded', count(*) filter (where c.verdict = 'excluded')
      ),
      'sample', engine.preview_sample(p_team_id, p_preview_id)
    )
    from engine.checked_rows as c
    where c.team_id = p_team_id and c.run_id = p_preview_id
  ));
end
$$;
comment on function engine.finish_preview(uuid, uuid) is 'Counts and shows what a running preview fetched, and ends it.';
revoke all on function engine.finish_preview(uuid, uuid) from public;
grant execute on function engine.finish_preview(uuid, uuid) to outbound_worker;
