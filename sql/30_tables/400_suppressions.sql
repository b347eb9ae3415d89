-- Numbers that must not be reached on a channel. Each reason has a row of its own: lifting one (a person
-- opts in again) must not lift another.
create table public.suppressions (
  team_id uuid not null,
  phone text not null,
  channel public.contact_channel not null,
  reason text not null,
  source text not null,
  created_at timestamptz not null default engine.now(),
  constraint suppressions_pk primary key (team_id, phone, channel, reason),
  constraint suppressions_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint suppressions_phone_is_e164 check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  constraint suppressions_reason_is_known
  check (reason in ('opted_out', 'do_not_contact', 'invalid', 'litigator', 'do_not_text', 'do_not_service'))
);
comment on table public.suppressions is 'Numbers that must not be reached on a channel. A row here stops everything.';
alter table public.suppressions enable row level security;
create policy suppressions_are_seen_by_members on public.suppressions for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.suppressions to authenticated, service_role;
