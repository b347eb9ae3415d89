-- A run that somebody has begun fills the list at this moment.
create or replace function engine.refuse_running_list(p_list public.audience_lists)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_used_by jsonb;
begin
  select jsonb_agg(jsonb_build_object('entity', 'audience_run', 'id', r.id, 'status', r.status)) into v_used_by
  from public.audience_runs as r
  where r.team_id = p_list.team_id and r.list_id = p_list.id and r.status = 'RUNNING';
  if v_used_by is not null then
    perform engine.refuse(
      'OB005', 'The list is being imported or refreshed at this moment.',
      jsonb_build_object('entity', 'audience_list', 'id', p_list.id, 'used_by', v_used_by),
      'Wait until that run has ended; get_audience_runs shows it.'
    );
  end if;
end
$$;
comment on function engine.refuse_running_list(public.audience_lists) is 'Raises OB005 while a run of the list is RUNNING.';
revoke all on function engine.refuse_running_list(public.audience_lists) from public;
