-- Asks the list's source again. The run is queued; a worker carries it out, and get_audience_runs shows it.
create or replace function public.refresh_audience_list(p_list_id uuid)
returns jsonb
language plpgsql
security definer -- writes tables that no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'operator'); -- which asks engine.caller_team_ids
  v_run_id uuid;
begin
  perform engine.refuse_refresh(v_list);
  v_run_id := engine.queue_refresh(v_list.team_id, v_list.id);
  if v_run_id is null then
    perform engine.refuse(
      'OB005', format('The list "%s" is being imported or refreshed at this moment.', v_list.name),
      jsonb_build_object('entity', 'audience_list', 'id', v_list.id, 'used_by', coalesce((
        select jsonb_agg(jsonb_build_object('entity', 'audience_run', 'id', r.id, 'status', r.status))
        from public.audience_runs as r
        where r.team_id = v_list.team_id and r.list_id = v_list.id and r.status in ('QUEUED', 'RUNNING')
      ), '[]')),
      'Wait until that run has ended; get_audience_runs shows it.'
    );
  end if;
  return (
    select engine.describe_run(r) from public.audience_runs as r where r.team_id = v_list.team_id and r.id = v_run_id
  );
end
$$;
comment on function public.refresh_audience_list(uuid) is
'Queues a refresh of a list from ServiceTitan or a report and returns its run. OB001 for other sources or without a valid '
'definition, OB003 when archived, OB005 with the open run, OB007 without an account.';
revoke all on function public.refresh_audience_list(uuid) from public;
grant execute on function public.refresh_audience_list(uuid) to authenticated, service_role;
