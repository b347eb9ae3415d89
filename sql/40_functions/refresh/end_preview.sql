-- The end of a preview, with its result or with why there is none.
create or replace function engine.end_preview(
  p_team_id uuid, p_preview_id uuid, p_result jsonb, p_code text default null, p_message text default null
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform engine.forget_subject(p_team_id, p_preview_id);
  update engine.audience_previews as p
  set
    status = case when p_result is null then 'FAILED' else 'SUCCEEDED' end::public.run_status,
    result = p_result, waits_for = null, ended_at = engine.now(),
    failure_code = case when p_result is null then coalesce(p_code, 'unknown') end,
    failure_message = case when p_result is null then coalesce(p_message, 'No reason was given.') end
  where p.team_id = p_team_id and p.id = p_preview_id and p.status in ('QUEUED', 'RUNNING');
end
$$;
comment on function engine.end_preview(uuid, uuid, jsonb, text, text) is 'Ends an open preview and empties its staging.';
revoke all on function engine.end_preview(uuid, uuid, jsonb, text, text) from public;
