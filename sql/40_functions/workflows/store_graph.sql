-- Makes the stored nodes and edges of a draft equal to a graph that has been validated: what is gone
-- from it is deleted, the rest updated or added. Rows that did not change are not written. A graph that
-- comes without positions is arranged. The caller holds the lock on the workflow.
create or replace function engine.store_graph(p_team_id uuid, p_workflow_id uuid, p_graph jsonb)
returns void
language plpgsql
set search_path = ''
set enable_nestloop = off -- as in engine.graph_issues: the length of an array is not known to the planner
set jit = off
as $$
declare
  v_nodes engine.graph_node[] := engine.graph_nodes(engine.with_positions(p_graph));
  v_edges engine.graph_edge[] := engine.graph_edges(p_graph, v_nodes);
begin
  perform engine.keep_trigger(p_team_id, p_workflow_id, v_nodes);

  delete from public.workflow_edges as e
  where e.team_id = p_team_id and e.workflow_id = p_workflow_id
    and not exists (select from unnest(v_edges) as g where g.id = e.id);
  delete from public.workflow_nodes as n
  where n.team_id = p_team_id and n.workflow_id = p_workflow_id
    and not exists (select from unnest(v_nodes) as g where g.id = n.id);

  insert into public.workflow_nodes as n
  select g.* from engine.node_rows(p_team_id, p_workflow_id, v_nodes) as g
  on conflict (team_id, workflow_id, id) do update
  set
    type = excluded.type, ordinal = excluded.ordinal, label = excluded.label,
    position_x = excluded.position_x, position_y = excluded.position_y, config = excluded.config
  where (n.type, n.ordinal, n.label, n.position_x, n.position_y, n.config) is distinct from
    (excluded.type, excluded.ordinal, excluded.label, excluded.position_x, excluded.position_y, excluded.config);
  perform engine.learn_size('public.workflow_nodes', cardinality(v_nodes)); -- for the edges that refer to it

  insert into public.workflow_edges as e
  select g.* from engine.edge_rows(p_team_id, p_workflow_id, v_edges) as g
  on conflict (team_id, workflow_id, id) do update
  set
    source = excluded.source, target = excluded.target, source_handle = excluded.source_handle,
    ordinal = excluded.ordinal, label = excluded.label, when_outcome = excluded.when_outcome,
    phrases = excluded.phrases, delay = excluded.delay, priority = excluded.priority
  where (e.source, e.target, e.source_handle, e.ordinal, e.label, e.when_outcome, e.phrases, e.delay, e.priority)
    is distinct from (
      excluded.source, excluded.target, excluded.source_handle, excluded.ordinal, excluded.label,
      excluded.when_outcome, excluded.phrases, excluded.delay, excluded.priority
    );
end
$$;
comment on function engine.store_graph(uuid, uuid, jsonb) is 'Makes a draft''s nodes and edges equal to a validated graph.';
revoke all on function engine.store_graph(uuid, uuid, jsonb) from public;
