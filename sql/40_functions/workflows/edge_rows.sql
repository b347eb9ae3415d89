-- The rows of a validated graph's edges: what a save stores, and what a simulation of a graph that is
-- not saved runs on.
create or replace function engine.edge_rows(p_team_id uuid, p_workflow_id uuid, p_edges engine.graph_edge[])
returns setof public.workflow_edges
language sql
stable
set search_path = ''
as $$
  select
    p_team_id, p_workflow_id, g.id, g.element ->> 'source', g.element ->> 'target', g.element ->> 'sourceHandle',
    'DRAFT'::public.workflow_status, g.edge_no, g.data ->> 'label', g.rule,
    case when g.rule = 'reply_matches' then array(select p.value from jsonb_array_elements_text(g.data -> 'phrases') as p)
      else '{}' end,
    coalesce(engine.parse_duration(g.data ->> 'delay'), interval '0'), g.priority
  from unnest(p_edges) as g
$$;
comment on function engine.edge_rows(uuid, uuid, engine.graph_edge[]) is 'Edges of a validated graph as rows of a draft.';
revoke all on function engine.edge_rows(uuid, uuid, engine.graph_edge[]) from public;
