-- Who is in a list, and what made each one match.
create table public.audience_members (
  team_id uuid not null,
  list_id uuid not null,
  contact_id uuid not null,
  servicetitan_customer_id bigint,
  servicetitan_job_id bigint,
  servicetitan_job_type_id bigint,
  servicetitan_appointment_id bigint,
  appointment_starts_at timestamptz,
  added_at timestamptz not null default engine.now(),
  constraint audience_members_pk primary key (team_id, list_id, contact_id),
  constraint audience_members_list_exists
  foreign key (team_id, list_id) references public.audience_lists (team_id, id) on delete cascade,
  constraint audience_members_contact_exists
  foreign key (team_id, contact_id) references public.contacts (team_id, id) on delete cascade
);
create index audience_members_by_contact on public.audience_members (team_id, contact_id);
comment on table public.audience_members is 'Contacts in a list, with the ServiceTitan facts that made each match.';
alter table public.audience_members enable row level security;
create policy audience_members_are_seen_by_members on public.audience_members for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.audience_members to authenticated, service_role;
