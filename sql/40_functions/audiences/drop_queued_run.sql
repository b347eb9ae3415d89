-- The run that waits for a list which is being archived ends before anybody begins it. Who is beginning
-- it at this moment holds it, and is not waited for: a run is locked before its list everywhere else.
create or replace function engine.drop_queued_run(p_list public.audience_lists)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_run public.audience_runs;
begin
  select r.* into v_run
  from public.audience_runs as r
  where r.team_id = p_list.team_id and r.list_id = p_list.id and r.status = 'QUEUED'
  for update skip locked;
  if v_run.id is not null then
    v_run.status := 'FAILED';
    v_run.failure_code := 'list_archived';
    v_run.failure_message := 'The list was archived before this began; nothing was stored.';
    perform engine.end_run(v_run);
  elsif exists (
    select from public.audience_runs as r
    where r.team_id = p_list.team_id and r.list_id = p_list.id and r.status in ('QUEUED', 'RUNNING')
  ) then
    perform engine.refuse(
      'OB005', 'A run of the list begins at this moment.',
      jsonb_build_object('entity', 'audience_list', 'id', p_list.id, 'used_by', (
        select jsonb_agg(jsonb_build_object('entity', 'audience_run', 'id', r.id, 'status', r.status))
        from public.audience_runs as r
        where r.team_id = p_list.team_id and r.list_id = p_list.id and r.status in ('QUEUED', 'RUNNING')
      )),
      'Wait until that run has ended; get_audience_runs shows it.'
    );
  end if;
end
$$;
comment on function engine.drop_queued_run(public.audience_lists) is
'Fails the queued run of a list that is being archived (list_archived); OB005 when somebody is beginning it.';
revoke all on function engine.drop_queued_run(public.audience_lists) from public;
