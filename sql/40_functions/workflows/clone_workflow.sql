-- A new draft with all that the source has, whatever its status, row by row: ids, order and positions
-- stay, so that the two can be compared. By default it is the lineage's next version. The source is
-- held (shared) against a save in between, which would tear the copy.
create or replace function public.clone_workflow(
  p_workflow_id uuid,
  p_name text default null,
  p_new_lineage boolean default false
)
returns jsonb
language plpgsql
security definer -- writes the workflow tables, which no role may write
set search_path = ''
as $$
declare
  v_source public.workflows := engine.find_workflow(p_workflow_id, 'operator');
  v_id uuid := engine.new_id();
  v_name text := p_name;
  v_clone public.workflows;
  v_answer jsonb;
begin
  select w.* into v_source
  from public.workflows as w
  where w.team_id = v_source.team_id and w.id = p_workflow_id
  for share;
  if v_source.id is null then
    perform engine.refuse_not_found('workflow', p_workflow_id);
  end if;
  v_name := coalesce(p_name, case when p_new_lineage then left(v_source.name, 193) || ' (copy)' else v_source.name end);
  perform engine.refuse_issues(engine.workflow_text_issues(v_name, null), 'The workflow');
  insert into public.workflows (team_id, id, lineage_id, name)
  values (v_source.team_id, v_id, case when p_new_lineage then v_id else v_source.lineage_id end, btrim(v_name))
  returning * into v_clone;
  insert into public.workflow_nodes
    (team_id, workflow_id, id, type, ordinal, label, position_x, position_y, config)
  select n.team_id, v_id, n.id, n.type, n.ordinal, n.label, n.position_x, n.position_y, n.config
  from public.workflow_nodes as n
  where n.team_id = v_source.team_id and n.workflow_id = v_source.id;
  insert into public.workflow_edges
    (team_id, workflow_id, id, source, target, source_handle, ordinal, label, when_outcome, phrases, delay, priority)
  select
    e.team_id, v_id, e.id, e.source, e.target, e.source_handle, e.ordinal, e.label, e.when_outcome, e.phrases,
    e.delay, e.priority
  from public.workflow_edges as e
  where e.team_id = v_source.team_id and e.workflow_id = v_source.id;
  v_answer := engine.describe_workflow(v_clone);
  perform engine.keep_revision(v_answer);
  return v_answer;
end
$$;
comment on function public.clone_workflow(uuid, text, boolean) is
'Copies a workflow of any status to a new draft and returns it like get_workflow: the lineage''s next version, or with '
'p_new_lineage the first of another. OB001 for the name.';
revoke all on function public.clone_workflow(uuid, text, boolean) from public;
grant execute on function public.clone_workflow(uuid, text, boolean) to authenticated, service_role;
