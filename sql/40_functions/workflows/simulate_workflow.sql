-- What would happen to one contact, without sending or writing anything: of a stored workflow, or of a
-- graph that is only drawn so far. The engine's own functions say which way she goes and when.
create or replace function public.simulate_workflow(
  p_workflow_id uuid default null,
  p_graph jsonb default null,
  p_start_at timestamptz default null,
  p_outcomes jsonb default '{}',
  p_contact jsonb default '{}',
  p_seed integer default 0,
  p_position integer default 1,
  p_retry_budget integer default 10,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- reads the workflow tables and the registries for a caller who was checked
set search_path = ''
as $$
declare
  v_team public.teams;
  v_nodes public.workflow_nodes[];
  v_edges public.workflow_edges[];
  v_start_at timestamptz := coalesce(p_start_at, engine.now());
  v_contact engine.simulated_contact;
begin
  if (p_workflow_id is null) = (p_graph is null) then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'workflow_or_graph', 'p_workflow_id', 'Name a workflow or send a graph, one of the two.'
    )), 'The simulation');
  end if;
  select t.* into v_team
  from public.teams as t
  where t.id = case
    when p_graph is null then (engine.find_workflow(p_workflow_id, 'viewer')).team_id
    else engine.require_team(p_team_id, 'viewer')
  end;
  if p_graph is null then
    v_nodes := array(select n from public.workflow_nodes as n where n.team_id = v_team.id and n.workflow_id = p_workflow_id);
    v_edges := array(select e from public.workflow_edges as e where e.team_id = v_team.id and e.workflow_id = p_workflow_id);
  else
    perform engine.refuse_issues(engine.graph_issues(p_graph, v_team.id), 'The workflow');
    v_nodes := array(select n from engine.node_rows(v_team.id, null, engine.graph_nodes(p_graph)) as n);
    v_edges := array(
      select e from engine.edge_rows(v_team.id, null, engine.graph_edges(p_graph, engine.graph_nodes(p_graph))) as e
    );
  end if;
  perform engine.refuse_issues(
    engine.simulation_issues(p_start_at, coalesce(p_contact, '{}'), p_position, p_retry_budget, v_team.country)
    || engine.script_issues(coalesce(p_outcomes, '{}'), v_nodes),
    'The simulation'
  );
  v_contact := engine.read_simulated_contact(coalesce(p_contact, '{}'), v_team, p_position, p_retry_budget);
  return jsonb_build_object(
    'workflow_id', p_workflow_id, 'start_at', v_start_at, 'timezones', v_contact.timezones, 'regions', v_contact.regions
  ) || engine.simulate_journey(v_nodes, v_edges, v_start_at, v_contact, coalesce(p_outcomes, '{}'), coalesce(p_seed, 0));
end
$$;
comment on function
public.simulate_workflow(uuid, jsonb, timestamptz, jsonb, jsonb, integer, integer, integer, uuid) is
'One contact''s way through a workflow or graph, sending and writing nothing: {start_at, timezones, regions, visits, end}. '
'p_outcomes {node id: [outcome or {outcome, reply_text, after}]}; the rest is sampled from p_seed. OB001, OB004.';
revoke all on function
public.simulate_workflow(uuid, jsonb, timestamptz, jsonb, jsonb, integer, integer, integer, uuid) from public;
grant execute on function
public.simulate_workflow(uuid, jsonb, timestamptz, jsonb, jsonb, integer, integer, integer, uuid)
to authenticated, service_role;
