-- Nodes keep the ids that React Flow gave them, which need not be UUIDs.
create table public.workflow_nodes (
  team_id uuid not null,
  workflow_id uuid not null,
  id text not null,
  type public.node_type not null,
  status public.workflow_status not null default 'DRAFT',
  ordinal integer not null default 0,
  label text,
  position_x double precision not null default 0,
  position_y double precision not null default 0,
  config jsonb not null default '{}',
  assistant_template text,
  constraint workflow_nodes_pk primary key (team_id, workflow_id, id),
  -- The cascade is how a status reaches the nodes: in the statement that changes it, and no other way.
  constraint workflow_nodes_share_the_workflows_status
  foreign key (team_id, status, workflow_id) references public.workflows (team_id, status, id)
  on update cascade on delete cascade,
  constraint workflow_nodes_id_is_present check (length(id) between 1 and 200),
  constraint workflow_nodes_label_is_short check (length(label) <= 200),
  constraint workflow_nodes_config_is_an_object check (jsonb_typeof(config) = 'object')
);
create unique index workflow_nodes_have_one_trigger
on public.workflow_nodes (team_id, workflow_id) where type = 'trigger';
-- Status first: beginning like the primary key, it was taken instead of it while nothing was known of
-- the table, and a whole workflow was read for the end of each edge.
create index workflow_nodes_by_status on public.workflow_nodes (team_id, status, workflow_id);
comment on table public.workflow_nodes is 'Nodes of a workflow, keyed by the editor''s own ids.';
comment on column public.workflow_nodes.config is 'What the node does; the shapes are in docs/workflows.md.';
comment on column public.workflow_nodes.assistant_template is
'What the assistant of a text wrote when the workflow was published; set then and never changed.';
comment on column public.workflow_nodes.ordinal is 'Place in the graph''s list of nodes, so that it comes back in the same order.';
comment on column public.workflow_nodes.status is 'Status of the workflow, cascaded.';
alter table public.workflow_nodes enable row level security;
create policy workflow_nodes_are_seen_by_members on public.workflow_nodes for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.workflow_nodes to authenticated, service_role;
