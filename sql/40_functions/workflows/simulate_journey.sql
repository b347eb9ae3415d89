-- One contact's way through a graph, visit by visit; a loop, because each visit depends on the one before.
-- It asks the engine's own functions what is due when and where it goes on, and writes nothing. The
-- place in the list counts at the first node: further on, who comes when depends on everybody's calls.
create or replace function engine.simulate_journey(
  p_nodes public.workflow_nodes[],
  p_edges public.workflow_edges[],
  p_start_at timestamptz,
  p_contact engine.simulated_contact,
  p_script jsonb,
  p_seed integer
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_node public.workflow_nodes;
  v_at timestamptz := p_start_at;
  v_visits jsonb[] := '{}'::jsonb[];
  v_visit integer := 1;
  v_retries_left integer := p_contact.retry_budget;
  v_has_booked boolean := false;
  v_waited jsonb := '[]'::jsonb;
  v_choices engine.edge_choice[];
  v_place engine.simulated_place;
  v_said engine.simulated_outcome;
  v_ended engine.ended_visit;
  v_step engine.decision;
begin
  select n.* into v_node from unnest(p_nodes) as n where n.type = 'trigger';
  loop
    v_choices := engine.edge_choices(p_edges, v_node.id);
    v_place := (date_trunc('second', v_at), '[]'::jsonb);
    v_said := null;
    if v_node.type <> 'trigger' then
      v_place := engine.simulate_place(
        v_node, v_at, p_contact, case when cardinality(v_visits) = 1 then p_contact.position_in_list else 1 end
      );
      v_said := engine.simulate_outcome(v_node, v_visit, p_script, p_seed, v_choices);
    end if;
    if v_place.due_at is null then
      v_step := (1, false, null::text, null::text, null::interval, engine.closing_status('never_open'), 'never_open')::engine.decision;
      v_visits := v_visits || engine.tell_visit(v_node, v_visit, v_at, v_waited, null, null, null, v_step);
    else
      v_has_booked := v_has_booked or v_said.outcome is not distinct from 'booked';
      v_ended := (
        v_node.type, v_said.outcome, null, v_said.reply_text, v_node.config -> 'retry', v_retries_left,
        v_visit::bigint, false, v_choices
      )::engine.ended_visit;
      v_step := engine.simulate_step(v_ended);
      v_visits := v_visits || engine.tell_visit(v_node, v_visit, v_at, v_waited, v_place, v_said, v_ended, v_step);
      v_at := engine.later(v_place.due_at, coalesce(v_said.takes, interval '0'));
    end if;
    exit when v_step.end_status is not null;
    v_at := engine.later(v_at, coalesce(v_step.delay, interval '0'));
    v_waited := case when v_step.delay > interval '0' then jsonb_build_array(jsonb_build_object(
      'for', case when v_step.is_retry then 'retry' else 'delay' end, 'until', v_at
    )) else '[]' end;
    v_retries_left := v_retries_left - v_step.is_retry::integer;
    v_visit := case when v_step.is_retry then v_visit + 1 else 1 end;
    if not v_step.is_retry then
      select n.* into v_node from unnest(p_nodes) as n where n.id = v_step.target;
    end if;
  end loop;
  return jsonb_build_object('visits', to_jsonb(v_visits), 'end', engine.tell_end(v_step, v_has_booked, v_at));
end
$$;
comment on function engine.simulate_journey(
  public.workflow_nodes[], public.workflow_edges[], timestamptz, engine.simulated_contact, jsonb, integer
) is '{visits: […], end: {status, reason_code, at, message}} of one contact''s way through a graph.';
revoke all on function engine.simulate_journey(
  public.workflow_nodes[], public.workflow_edges[], timestamptz, engine.simulated_contact, jsonb, integer
) from public;
