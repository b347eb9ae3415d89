-- A worker begins a preview, or takes one up again; see start_refresh.
create or replace function engine.start_preview(p_team_id uuid, p_preview_id uuid)
returns jsonb
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_preview engine.audience_previews;
begin
  update engine.audience_previews as p
  set status = 'RUNNING', started_at = coalesce(p.started_at, engine.now())
  where p.team_id = p_team_id and p.id = p_preview_id and p.status in ('QUEUED', 'RUNNING')
  returning p.* into v_preview;
  if v_preview.id is null then
    return jsonb_build_object('status', 'GONE');
  end if;
  return engine.describe_subject(
    p_team_id, v_preview.status, v_preview.source, v_preview.definition, v_preview.started_at
  );
end
$$;
comment on function engine.start_preview(uuid, uuid) is
'Moves a preview to RUNNING: {status, source, definition, conditions[]}, or {status} of one that has ended.';
revoke all on function engine.start_preview(uuid, uuid) from public;
grant execute on function engine.start_preview(uuid, uuid) to outbound_worker;
