-- Remembers the graph and the name that a draft has at its revision, and forgets those that nobody can still be
-- editing. Publishing and archiving forget all of them.
create or replace function engine.keep_revision(p_workflow jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_team_id uuid := (p_workflow ->> 'team_id')::uuid;
  v_workflow_id uuid := (p_workflow ->> 'id')::uuid;
  v_revision integer := (p_workflow ->> 'revision')::integer;
begin
  insert into engine.workflow_revisions as r (team_id, workflow_id, revision, graph)
  values (
    v_team_id, v_workflow_id, v_revision,
    jsonb_build_object('name', p_workflow -> 'name', 'nodes', p_workflow -> 'nodes', 'edges', p_workflow -> 'edges')
  )
  on conflict (team_id, workflow_id, revision) do update set graph = excluded.graph;
  delete from engine.workflow_revisions as r
  where r.team_id = v_team_id and r.workflow_id = v_workflow_id and r.revision <= v_revision - 50;
end
$$;
comment on function engine.keep_revision(jsonb) is
'Keeps the graph of a draft, described as by engine.describe_workflow, under its revision; the last 50 stay.';
revoke all on function engine.keep_revision(jsonb) from public;
