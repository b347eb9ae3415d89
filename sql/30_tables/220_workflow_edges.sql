-- Edges: what happened at the source decides which is taken, lowest priority number first.
create table public.workflow_edges (
  team_id uuid not null,
  workflow_id uuid not null,
  id text not null,
  source text not null,
  target text not null,
  source_handle text,
  status public.workflow_status not null default 'DRAFT',
  ordinal integer not null default 0,
  label text,
  when_outcome text not null,
  phrases text[] not null default '{}',
  delay interval not null default '0 seconds',
  priority integer not null default 1,
  constraint workflow_edges_pk primary key (team_id, workflow_id, id),
  constraint workflow_edges_share_the_workflows_status
  foreign key (team_id, status, workflow_id) references public.workflows (team_id, status, id)
  on update cascade on delete cascade,
  constraint workflow_edges_source_exists
  foreign key (team_id, workflow_id, source) references public.workflow_nodes (team_id, workflow_id, id) on delete cascade,
  constraint workflow_edges_target_exists
  foreign key (team_id, workflow_id, target) references public.workflow_nodes (team_id, workflow_id, id) on delete cascade,
  -- Deferrable, so that a save may swap the rules of two edges in one statement.
  constraint workflow_edges_one_per_pair_and_rule
  unique (team_id, workflow_id, source, target, when_outcome) deferrable initially immediate,
  constraint workflow_edges_id_is_present check (length(id) between 1 and 200),
  constraint workflow_edges_handle_is_short check (length(source_handle) <= 200),
  constraint workflow_edges_label_is_short check (length(label) <= 200),
  constraint workflow_edges_do_not_loop check (source <> target),
  constraint workflow_edges_rule_is_known check (when_outcome in (
    'any', 'booked', 'not_booked', 'answered', 'no_answer', 'voicemail', 'busy', 'failed',
    'replied', 'no_reply', 'reply_matches', 'opted_in', 'undeliverable'
  )),
  constraint workflow_edges_delay_is_not_negative check (delay >= interval '0'),
  constraint workflow_edges_priority_is_in_range check (priority between 0 and 10000),
  constraint workflow_edges_phrases_go_with_reply_matches
  check ((when_outcome = 'reply_matches') = (cardinality(phrases) > 0))
);
create index workflow_edges_by_target on public.workflow_edges (team_id, workflow_id, target);
create index workflow_edges_by_status on public.workflow_edges (team_id, status, workflow_id);
comment on table public.workflow_edges is 'Ways from node to node: a rule on what happened, a delay, a priority.';
comment on column public.workflow_edges.priority is 'Lowest number is tried first.';
comment on column public.workflow_edges.ordinal is 'Place in the graph''s list of edges, so that it comes back in the same order.';
comment on column public.workflow_edges.status is 'Status of the workflow, cascaded.';
alter table public.workflow_edges enable row level security;
create policy workflow_edges_are_seen_by_members on public.workflow_edges for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.workflow_edges to authenticated, service_role;
