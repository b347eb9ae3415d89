-- The graph as React Flow holds it, from the rows: what was saved comes back, in the same order.
create or replace function engine.workflow_graph(p_team_id uuid, p_workflow_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'nodes', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', n.id,
        'type', n.type,
        'position', jsonb_build_object('x', n.position_x, 'y', n.position_y),
        'data', jsonb_strip_nulls(jsonb_build_object(
          'label', n.label, 'assistant_template', coalesce(n.assistant_template, a.template)
        )) || n.config
      ) order by n.ordinal, n.id), '[]')
      from public.workflow_nodes as n
      -- What the assistant of a text writes: in a draft what it would, else what was published.
      left join public.assistants as a
        on n.team_id = a.team_id and n.config ->> 'assistant_id' = a.id::text and n.type = 'text' and n.status = 'DRAFT'
      where n.team_id = p_team_id and n.workflow_id = p_workflow_id
    ),
    'edges', (
      select coalesce(jsonb_agg(
        jsonb_strip_nulls(jsonb_build_object(
          'id', e.id,
          'source', e.source,
          'target', e.target,
          'sourceHandle', e.source_handle,
          'data', jsonb_build_object(
            'label', e.label,
            'when', e.when_outcome,
            'phrases', case when e.when_outcome = 'reply_matches' then e.phrases end,
            'delay', engine.format_duration(e.delay),
            'priority', e.priority
          )
        )) order by e.ordinal, e.id
      ), '[]')
      from public.workflow_edges as e
      where e.team_id = p_team_id and e.workflow_id = p_workflow_id
    )
  );
end
$$;
comment on function engine.workflow_graph(uuid, uuid) is 'The stored graph of a workflow as {nodes, edges}, in React Flow''s shape.';
revoke all on function engine.workflow_graph(uuid, uuid) from public;
