-- One list with its last run.
create or replace function public.get_audience_list(p_list_id uuid)
returns jsonb
language sql
stable
security definer -- reads runs for a caller who was checked
set search_path = ''
as $$
  select engine.describe_list(engine.require_list(p_list_id, 'viewer')) -- which asks engine.caller_team_ids
$$;
comment on function public.get_audience_list(uuid) is
'A list: {id, team_id, name, source, status, definition, exclusions, member_count, campaign_count, last_run, created_at, '
'updated_at}.';
revoke all on function public.get_audience_list(uuid) from public;
grant execute on function public.get_audience_list(uuid) to authenticated, service_role;
