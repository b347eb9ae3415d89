-- The last graphs of each draft, so that whoever saves over somebody else's work is told what that was.
-- Published and archived workflows have none: they have no conflicts.
create table engine.workflow_revisions (
  team_id uuid not null,
  workflow_id uuid not null,
  revision integer not null,
  graph jsonb not null,
  constraint workflow_revisions_pk primary key (team_id, workflow_id, revision),
  constraint workflow_revisions_workflow_exists
  foreign key (team_id, workflow_id) references public.workflows (team_id, id) on delete cascade
);
comment on table engine.workflow_revisions is
'The graphs {name, nodes, edges} of a draft''s last 50 revisions, the current one among them.';
