-- One visit of a simulation, as simulate_workflow returns it. Without a place the node is never open.
create or replace function engine.tell_visit(
  p_node public.workflow_nodes,
  p_visit integer,
  p_not_before timestamptz,
  p_waited jsonb,
  p_place engine.simulated_place,
  p_said engine.simulated_outcome,
  p_ended engine.ended_visit,
  p_step engine.decision
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'node_id', p_node.id,
    'type', p_node.type,
    'label', p_node.label,
    'visit', p_visit,
    'not_before', p_not_before,
    'due_at', p_place.due_at,
    'waits', p_waited || coalesce(p_place.waits, '[]'),
    'outcome', p_said.outcome,
    'reply_text', p_said.reply_text,
    'source', p_said.source,
    'outcome_at', engine.later(p_place.due_at, p_said.takes)
  ) || case
    when p_place.due_at is null then jsonb_build_object(
      'next', jsonb_build_object(
        'kind', 'end', 'edge_id', null, 'target', null, 'delay', null, 'reason', 'No hour is open both by law and by the node.'
      ),
      'edges', '[]'::jsonb
    )
    else engine.tell_step(p_ended, p_step)
  end
$$;
comment on function engine.tell_visit(
  public.workflow_nodes, integer, timestamptz, jsonb, engine.simulated_place, engine.simulated_outcome,
  engine.ended_visit, engine.decision
) is
'{node_id, type, label, visit, not_before, due_at, waits, outcome, reply_text, source, outcome_at, next, edges} of one visit.';
revoke all on function engine.tell_visit(
  public.workflow_nodes, integer, timestamptz, jsonb, engine.simulated_place, engine.simulated_outcome,
  engine.ended_visit, engine.decision
) from public;
