-- A worker begins a queued refresh, or takes one up again. The definition is the run's own from here on:
-- whoever changes the list's meanwhile changes the next run. One that cannot be read is told as issues.
create or replace function engine.start_refresh(p_team_id uuid, p_run_id uuid)
returns jsonb
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_run public.audience_runs;
  v_issues jsonb;
begin
  select r.* into v_run from public.audience_runs as r where r.team_id = p_team_id and r.id = p_run_id for update;
  if v_run.id is null or v_run.status not in ('QUEUED', 'RUNNING') then
    return jsonb_build_object('status', coalesce(v_run.status::text, 'GONE'));
  end if;
  if v_run.status = 'QUEUED' then
    select coalesce(nullif(l.definition, '{}'), '{"match": null}') into v_run.definition
    from public.audience_lists as l
    where l.team_id = p_team_id and l.id = v_run.list_id;
    -- the task's lease says whether somebody works on it, so the run has none of its own
    update public.audience_runs as r
    set status = 'RUNNING', started_at = engine.now(), lease_expires_at = 'infinity', definition = v_run.definition
    where r.team_id = p_team_id and r.id = p_run_id
    returning r.* into v_run;
  end if;
  v_issues := engine.definition_issues(v_run.definition, v_run.source::text);
  if v_issues <> '[]' then
    return jsonb_build_object('status', v_run.status, 'issues', v_issues);
  end if;
  return engine.describe_subject(p_team_id, v_run.status, v_run.source, v_run.definition, v_run.started_at);
end
$$;
comment on function engine.start_refresh(uuid, uuid) is
'Moves a refresh to RUNNING, if it is not there yet: {status, source, definition, conditions[]}, or {status, issues[]}, or {status} of one that has ended.';
revoke all on function engine.start_refresh(uuid, uuid) from public;
grant execute on function engine.start_refresh(uuid, uuid) to outbound_worker;
