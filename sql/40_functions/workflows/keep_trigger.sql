-- The trigger of a workflow stays the same row for ever. When the graph gives it another id, because
-- it was drawn anew or comes from a file, the row is renamed; edges and the node that had this id
-- before make room and are stored again with the graph.
create or replace function engine.keep_trigger(p_team_id uuid, p_workflow_id uuid, p_nodes engine.graph_node[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_old text;
  v_new text;
begin
  select n.id into v_old
  from public.workflow_nodes as n
  where n.team_id = p_team_id and n.workflow_id = p_workflow_id and n.type = 'trigger';
  select n.id into v_new from unnest(p_nodes) as n where n.type = 'trigger';
  if v_old is null or v_old = v_new then
    return;
  end if;
  delete from public.workflow_edges as e where e.team_id = p_team_id and e.workflow_id = p_workflow_id;
  delete from public.workflow_nodes as n
  where n.team_id = p_team_id and n.workflow_id = p_workflow_id and n.id = v_new;
  update public.workflow_nodes as n
  set id = v_new
  where n.team_id = p_team_id and n.workflow_id = p_workflow_id and n.id = v_old;
end
$$;
comment on function engine.keep_trigger(uuid, uuid, engine.graph_node[]) is
'Gives the stored trigger of a draft the id that it has in a validated graph.';
revoke all on function engine.keep_trigger(uuid, uuid, engine.graph_node[]) from public;
