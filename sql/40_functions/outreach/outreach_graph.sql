-- What an outreach does, as a workflow: the trigger and one call or text.
create or replace function engine.outreach_graph(
  p_channel text, p_kind text, p_assistant_id uuid, p_template text, p_settings jsonb
)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'nodes', jsonb_build_array(
      '{"id": "list", "type": "trigger", "position": {"x": 0, "y": 0}, "data": {}}'::jsonb,
      jsonb_build_object(
        'id', 'outreach', 'type', p_channel, 'position', '{"x": 0, "y": 150}'::jsonb,
        'data', jsonb_build_object('label', initcap(p_kind)) || coalesce(p_settings, '{}') || jsonb_strip_nulls(
          jsonb_build_object('assistant_id', p_assistant_id, 'template', p_template)
        )
      )
    ),
    'edges', '[{"id": "start", "source": "list", "target": "outreach", "data": {"when": "any", "priority": 1}}]'::jsonb
  )
$$;
comment on function engine.outreach_graph(text, text, uuid, text, jsonb) is 'The graph {nodes, edges} of an outreach.';
revoke all on function engine.outreach_graph(text, text, uuid, text, jsonb) from public;
