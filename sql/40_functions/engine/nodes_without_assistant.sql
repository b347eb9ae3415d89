-- Nodes whose assistant was switched off, or is gone: what they would say nobody says any more.
create or replace function engine.nodes_without_assistant(p_team_id uuid, p_workflow_id uuid)
returns setof public.workflow_nodes
language plpgsql -- whose plan is kept: a claim asks this for each campaign that has something due
stable
set search_path = ''
as $$
begin
  return query
  select n.*
  from public.workflow_nodes as n
  where n.team_id = p_team_id and n.workflow_id = p_workflow_id
    and n.config ->> 'assistant_id' is not null
    and n.config ->> 'assistant_id' <> all(array(
      select a.id::text from public.assistants as a where a.team_id = p_team_id and a.is_active
    ));
end
$$;
comment on function engine.nodes_without_assistant(uuid, uuid) is 'Nodes of a workflow whose assistant is not active.';
revoke all on function engine.nodes_without_assistant(uuid, uuid) from public;
