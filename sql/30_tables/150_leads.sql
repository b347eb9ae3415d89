-- Speed to lead: people who asked to be called. A lead is known by its source and its id there, else by
-- its number and day, so that what a source sends twice is one lead.
create table public.leads (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  list_id uuid not null,
  contact_id uuid,
  source text not null,
  external_id text,
  urgency public.lead_urgency not null default 'normal',
  status public.lead_status not null,
  problems jsonb not null default '[]',
  dedupe_hash bytea not null,
  received_at timestamptz not null default engine.now(),
  constraint leads_pk primary key (team_id, id),
  constraint leads_are_not_duplicates unique (team_id, dedupe_hash),
  constraint leads_list_exists
  foreign key (team_id, list_id) references public.audience_lists (team_id, id) on delete cascade,
  constraint leads_contact_exists
  foreign key (team_id, contact_id) references public.contacts (team_id, id) on delete cascade,
  constraint leads_source_is_present check (length(btrim(source)) between 1 and 100),
  constraint leads_external_id_is_short check (length(external_id) between 1 and 200),
  constraint leads_accepted_have_a_contact check ((status = 'ACCEPTED') = (contact_id is not null))
);
create index leads_by_list on public.leads (team_id, list_id, id);
create index leads_by_contact on public.leads (team_id, contact_id);
comment on table public.leads is 'People who asked to be called, once each, with what was wrong with the others.';
comment on column public.leads.dedupe_hash is 'SHA-256 over source and external id, or number and day.';
comment on column public.leads.problems is '[{code, severity, path, message, value?}] of the lead''s values.';
alter table public.leads enable row level security;
create policy leads_are_seen_by_members on public.leads for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.leads to authenticated, service_role;
