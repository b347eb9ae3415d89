-- Somebody saved between this caller's read and save. Told what the other changed, an editor can show
-- it, or put both together. Of a revision that is not kept any more nobody can say.
create or replace function engine.refuse_stale_revision(p_workflow public.workflows, p_revision integer)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_read jsonb;
begin
  select r.graph into v_read
  from engine.workflow_revisions as r
  where r.team_id = p_workflow.team_id and r.workflow_id = p_workflow.id and r.revision = p_revision;
  perform engine.refuse(
    'OB006',
    'Someone else saved this workflow since it was read.',
    jsonb_build_object(
      'expected', p_revision, 'actual', p_workflow.revision, 'saved_at', p_workflow.updated_at,
      'changes', case when v_read is not null
          then engine.compare_graphs(v_read, engine.workflow_graph(p_workflow.team_id, p_workflow.id))
            || case when v_read ->> 'name' <> p_workflow.name
              then jsonb_build_object('name', jsonb_build_object('from', v_read -> 'name', 'to', p_workflow.name)) else '{}' end
        end
    ),
    'Read it again, make the changes again, and save with the revision that it has now.'
  );
end
$$;
comment on function engine.refuse_stale_revision(public.workflows, integer) is
'Raises OB006 with {expected, actual, saved_at, changes}: the nodes, the edges and, when it is another, the name since that '
'revision; null when it is not kept.';
revoke all on function engine.refuse_stale_revision(public.workflows, integer) from public;
