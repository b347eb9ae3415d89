-- What a definition would give, before it is saved. A worker finds out; whoever asked asks again with the
-- same arguments until it has ended. Who asks never waits for the worker, who holds the preview while it counts: only
-- a row that nobody holds is written to.
create or replace function public.preview_audience_definition(
  p_definition jsonb, p_source text default 'servicetitan', p_exclusions jsonb default '{}', p_team_id uuid default null
)
returns jsonb
language plpgsql
security definer -- writes tables that no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'operator');
  v_exclusions jsonb := coalesce(p_exclusions, '{}');
  v_hash bytea;
  v_preview engine.audience_previews;
  v_begun engine.audience_previews;
begin
  perform engine.refuse_preview(v_team_id, p_definition, p_source, v_exclusions);
  v_hash := sha256(convert_to(jsonb_build_array(p_source, p_definition, v_exclusions)::text, 'UTF8'));
  v_preview := engine.find_preview(v_team_id, v_hash);
  if v_preview.id is null then
    insert into engine.audience_previews as p (team_id, request_hash, source, definition, exclusions)
    values (v_team_id, v_hash, p_source::public.audience_source, p_definition, engine.read_exclusions(v_team_id, v_exclusions))
    on conflict (team_id, request_hash) do nothing
    returning p.* into v_begun;
  elsif engine.is_preview_over(v_preview) then
    update engine.audience_previews as p
    set status = 'QUEUED', started_at = null, ended_at = null, result = null, failure_code = null, failure_message = null
    where p.team_id = v_team_id and p.id = (
      -- whoever has it begins it anew, or works on it
      select o.id from engine.audience_previews as o
      where o.team_id = v_team_id and o.id = v_preview.id and engine.is_preview_over(o)
      for update skip locked
    )
    returning p.* into v_begun;
  end if;
  if v_begun.id is not null then
    perform engine.add_task(v_team_id, 'preview', v_begun.id);
  end if;
  v_preview := engine.find_preview(v_team_id, v_hash);
  return jsonb_build_object(
    'preview_id', v_preview.id, 'status', v_preview.status, 'waits_for', v_preview.waits_for,
    'count', v_preview.result -> 'count', 'counts', v_preview.result -> 'counts',
    'sample', v_preview.result -> 'sample', 'as_of', case when v_preview.status = 'SUCCEEDED' then v_preview.started_at end,
    'failure_code', v_preview.failure_code, 'failure_message', v_preview.failure_message
  );
end
$$;
comment on function public.preview_audience_definition(jsonb, text, jsonb, uuid) is
'{preview_id, status QUEUED|RUNNING|SUCCEEDED|FAILED, waits_for, count, counts{fetched, rejected, duplicate, excluded}, '
'sample[up to 20], as_of, failure_code, failure_message}; call again until it has ended. OB001, OB007.';
revoke all on function public.preview_audience_definition(jsonb, text, jsonb, uuid) from public;
grant execute on function public.preview_audience_definition(jsonb, text, jsonb, uuid) to authenticated, service_role;
