-- The rows of a validated graph's nodes: what a save stores, and what a simulation of a graph that is
-- not saved runs on. What an assistant writes is copied to them when the draft is published.
create or replace function engine.node_rows(p_team_id uuid, p_workflow_id uuid, p_nodes engine.graph_node[])
returns setof public.workflow_nodes
language sql
stable
set search_path = ''
as $$
  select
    p_team_id, p_workflow_id, g.id, g.type, 'DRAFT'::public.workflow_status, g.node_no, g.data ->> 'label',
    engine.coordinate(g.element -> 'position' -> 'x'), engine.coordinate(g.element -> 'position' -> 'y'),
    engine.node_config(g.type, g.data), null::text
  from unnest(p_nodes) as g
$$;
comment on function engine.node_rows(uuid, uuid, engine.graph_node[]) is 'Nodes of a validated graph as rows of a draft.';
revoke all on function engine.node_rows(uuid, uuid, engine.graph_node[]) from public;
