-- What of a workflow has nobody to say it.
create or replace function engine.assistant_blockers(p_team_id uuid, p_workflow_id uuid)
returns table (n integer, code text, message text)
language sql
stable
set search_path = ''
as $$
  select 7, 'assistant_inactive', format('The assistant of "%s" is not active.', coalesce(n.label, n.id))
  from engine.nodes_without_assistant(p_team_id, p_workflow_id) as n
$$;
comment on function engine.assistant_blockers(uuid, uuid) is
'Nodes of a workflow whose assistant is not active: code, message and their place in a list.';
revoke all on function engine.assistant_blockers(uuid, uuid) from public;
