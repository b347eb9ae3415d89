-- Published and archived workflows never change; see engine.guard_workflow and engine.guard_graph_row.
-- The WHEN clauses keep drafts, which are written all the time, from paying for it.
create or replace trigger workflows_take_legal_steps
before update of status on public.workflows
for each row
when (
  old.status is distinct from new.status
  and not (
    (old.status = 'DRAFT' and new.status in ('PUBLISHED', 'ARCHIVED'))
    or (old.status = 'PUBLISHED' and new.status = 'ARCHIVED')
  )
)
execute function engine.refuse_step('workflow');

create or replace trigger workflows_begin_as_drafts
before insert on public.workflows
for each row
when (new.status <> 'DRAFT')
execute function engine.guard_workflow();

create or replace trigger workflows_stay_as_published
before update on public.workflows
for each row
when (
  old.status <> 'DRAFT'
  or old.team_id <> new.team_id or old.id <> new.id or old.lineage_id <> new.lineage_id
)
execute function engine.guard_workflow();

create or replace trigger workflows_forget_their_revisions
after update of status on public.workflows
for each row
when (old.status = 'DRAFT' and new.status <> 'DRAFT')
execute function engine.forget_revisions();

create or replace trigger workflows_stay_once_published
before delete on public.workflows
for each row
when (old.status <> 'DRAFT')
execute function engine.guard_workflow();

create or replace trigger workflows_are_not_emptied
before truncate on public.workflows
for each statement
execute function engine.guard_truncate();

create or replace trigger workflow_nodes_are_added_to_drafts
before insert on public.workflow_nodes
for each row
execute function engine.guard_graph_row('workflow_node');

create or replace trigger workflow_nodes_stay_as_published
before update on public.workflow_nodes
for each row
when (
  old.status <> 'DRAFT' or new.status <> 'DRAFT'
  or (old.type = 'trigger') <> (new.type = 'trigger')
  or old.workflow_id <> new.workflow_id or old.team_id <> new.team_id
)
execute function engine.guard_graph_row('workflow_node');

create or replace trigger workflow_nodes_stay_once_published
before delete on public.workflow_nodes
for each row
when (old.status <> 'DRAFT' or old.type = 'trigger')
execute function engine.guard_graph_row('workflow_node');

create or replace trigger workflow_nodes_are_not_emptied
before truncate on public.workflow_nodes
for each statement
execute function engine.guard_truncate();

create or replace trigger workflow_edges_are_added_to_drafts
before insert on public.workflow_edges
for each row
execute function engine.guard_graph_row('workflow_edge');

create or replace trigger workflow_edges_stay_as_published
before update on public.workflow_edges
for each row
when (
  old.status <> 'DRAFT' or new.status <> 'DRAFT'
  or old.workflow_id <> new.workflow_id or old.team_id <> new.team_id
)
execute function engine.guard_graph_row('workflow_edge');

create or replace trigger workflow_edges_stay_once_published
before delete on public.workflow_edges
for each row
when (old.status <> 'DRAFT')
execute function engine.guard_graph_row('workflow_edge');

create or replace trigger workflow_edges_are_not_emptied
before truncate on public.workflow_edges
for each statement
execute function engine.guard_truncate();
