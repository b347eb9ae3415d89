-- Workflows: versions of a lineage. A published one never changes.
create table public.workflows (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  lineage_id uuid not null,
  version integer,
  name text not null,
  note text,
  status public.workflow_status not null default 'DRAFT',
  revision integer not null default 1,
  published_at timestamptz,
  archived_at timestamptz,
  created_at timestamptz not null default engine.now(),
  updated_at timestamptz not null default engine.now(),
  is_generated boolean not null default false,
  constraint workflows_pk primary key (team_id, id),
  constraint workflows_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint workflows_versions_count_up unique (team_id, lineage_id, version),
  -- Nodes and edges refer to the status too: it cascades to them, and can't differ from theirs.
  constraint workflows_have_one_status unique (team_id, id, status),
  constraint workflows_name_is_present check (length(btrim(name)) between 1 and 200),
  constraint workflows_note_is_short check (length(note) <= 2000),
  constraint workflows_revision_counts_from_one check (revision >= 1),
  constraint workflows_published_have_a_version
  check (status <> 'PUBLISHED' or (version is not null and published_at is not null)),
  constraint workflows_drafts_have_no_version check (status <> 'DRAFT' or (version is null and published_at is null)),
  constraint workflows_archived_have_a_time check ((status = 'ARCHIVED') = (archived_at is not null))
);
create index workflows_by_change on public.workflows (team_id, updated_at desc, id desc);
comment on table public.workflows is 'Directed acyclic graphs of calls and texts; each row is one version of its lineage.';
comment on column public.workflows.lineage_id is 'Id shared by all versions of one workflow.';
comment on column public.workflows.version is 'Number within the lineage, given when it is published.';
comment on column public.workflows.revision is 'Counts saves of a draft: a save names the revision that it was read at.';
comment on column public.workflows.is_generated is 'Made by an outreach, not drawn by a person; lists leave it out.';
alter table public.workflows enable row level security;
create policy workflows_are_seen_by_members on public.workflows for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.workflows to authenticated, service_role;
