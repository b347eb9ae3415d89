-- The append-only ledger of consent: what was said, where, when, and who wrote it down. Triggers refuse
-- every change to it (sql/50_triggers/consent_events.sql).
create table public.consent_events (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  phone text not null,
  channel public.contact_channel not null,
  action text not null,
  source text not null,
  words text,
  occurred_at timestamptz not null default engine.now(),
  recorded_at timestamptz not null default engine.now(),
  reason text not null default 'opted_out',
  user_id uuid default auth.uid(),
  constraint consent_events_pk primary key (team_id, id),
  constraint consent_events_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint consent_events_phone_is_e164 check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  constraint consent_events_action_is_known check (action in ('opt_out', 'opt_in')),
  constraint consent_events_reason_is_known
  check (reason in ('opted_out', 'do_not_contact', 'invalid', 'litigator', 'do_not_text', 'do_not_service'))
);
create index consent_events_by_phone on public.consent_events (team_id, phone, id);
comment on table public.consent_events is 'Append-only ledger of opt-outs and opt-ins, with source, words and time.';
comment on column public.consent_events.words is 'What the person wrote or said, or the note of whoever recorded it.';
comment on column public.consent_events.reason is 'The suppression that was set or lifted; see reference.suppression_reasons.';
comment on column public.consent_events.user_id is
'Who recorded it; null when the person did it, a worker or a file. No foreign key: the ledger outlives accounts.';
alter table public.consent_events enable row level security;
create policy consent_events_are_seen_by_members on public.consent_events for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.consent_events to authenticated, service_role;
