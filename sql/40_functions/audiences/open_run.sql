-- A new run, unless the list has one. An index keeps it so whoever comes at the same moment.
create or replace function engine.open_run(
  p_team_id uuid, p_list_id uuid, p_list_name text, p_source public.audience_source, p_is_partial_allowed boolean,
  p_mapping jsonb, p_file_name text
)
returns public.audience_runs
language plpgsql
set search_path = ''
as $$
declare
  v_run public.audience_runs;
  v_open_id uuid;
begin
  perform engine.fail_stale_runs();
  insert into public.audience_runs (
    team_id, list_id, list_name, source, is_partial_allowed, mapping, file_name, started_by, lease_expires_at
  )
  values (
    p_team_id, p_list_id, p_list_name, p_source, coalesce(p_is_partial_allowed, false), p_mapping, left(p_file_name, 255),
    (select auth.uid()), engine.now() + engine.run_lease()
  )
  on conflict do nothing
  returning * into v_run;
  if v_run.id is null then
    select r.id into v_open_id from public.audience_runs as r
    where
      r.team_id = p_team_id and r.status in ('QUEUED', 'RUNNING')
      and (r.list_id = p_list_id or (p_list_id is null and r.list_id is null and lower(r.list_name) = lower(p_list_name)));
    perform engine.refuse(
      'OB005',
      format('The list "%s" is being imported or refreshed at this moment.', p_list_name),
      jsonb_build_object('entity', 'audience_list', 'id', p_list_id, 'used_by', jsonb_build_array(
        jsonb_build_object('entity', 'audience_run', 'id', v_open_id)
      )),
      'Wait until that run has ended; get_audience_runs shows it.'
    );
  end if;
  return v_run;
end
$$;
comment on function engine.open_run(uuid, uuid, text, public.audience_source, boolean, jsonb, text) is
'Queues a run of a list; OB005 while the list has another.';
revoke all on function engine.open_run(uuid, uuid, text, public.audience_source, boolean, jsonb, text) from public;
