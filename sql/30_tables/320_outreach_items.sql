-- One customer of an outreach, who is done once: the hash of what makes two pieces of work the same is
-- unique. What was cancelled before anybody was contacted was never done, and does not stand in the way.
create table public.outreach_items (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  outreach_id uuid not null,
  campaign_id uuid not null,
  contact_id uuid not null,
  phone text not null,
  servicetitan_customer_id bigint,
  servicetitan_job_id bigint,
  servicetitan_appointment_id bigint,
  dedupe_hash bytea not null,
  status public.outreach_item_status not null,
  hold_outcome text,
  hold_message text,
  hold_ended_at timestamptz,
  hold_count integer not null default 0,
  created_at timestamptz not null default engine.now(),
  enrolled_at timestamptz,
  constraint outreach_items_pk primary key (team_id, id),
  constraint outreach_items_outreach_exists
  foreign key (team_id, outreach_id) references public.outreaches (team_id, id) on delete cascade,
  constraint outreach_items_campaign_exists foreign key (team_id, campaign_id) references public.campaigns (team_id, id),
  constraint outreach_items_contact_exists
  foreign key (team_id, contact_id) references public.contacts (team_id, id) on delete cascade,
  constraint outreach_items_hash_is_sha256 check (length(dedupe_hash) = 32),
  constraint outreach_items_phone_is_e164 check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  constraint outreach_items_failed_ones_say_why check (status <> 'HOLD_FAILED' or hold_outcome is not null),
  constraint outreach_items_enrolled_know_when check ((status = 'ENROLLED') = (enrolled_at is not null)),
  constraint outreach_items_outcomes_have_a_time check ((hold_outcome is null) = (hold_ended_at is null)),
  constraint outreach_items_holding_need_an_appointment
  check (status not in ('HOLDING', 'HOLD_FAILED') or servicetitan_appointment_id is not null)
);
create unique index outreach_items_are_done_once
on public.outreach_items (team_id, dedupe_hash) where status <> 'CANCELLED';
create index outreach_items_of_outreach on public.outreach_items (team_id, outreach_id, id);
create index outreach_items_by_campaign on public.outreach_items (team_id, campaign_id, status);
create index outreach_items_by_contact on public.outreach_items (team_id, contact_id);
comment on table public.outreach_items is 'Customers of an outreach, each with the hold of the appointment and what came of it.';
comment on column public.outreach_items.dedupe_hash is
'SHA-256 over team, kind, channel, ServiceTitan appointment or job (without: the team''s day) and number.';
comment on column public.outreach_items.hold_outcome is 'A code of reference.hold_outcomes; null until a hold has ended.';
comment on column public.outreach_items.hold_message is 'What was said about this hold in particular.';
comment on column public.outreach_items.hold_count is 'How often a hold was queued.';
comment on column public.outreach_items.campaign_id is 'The campaign that the contact is or will be enrolled in.';
alter table public.outreach_items enable row level security;
create policy outreach_items_are_seen_by_members on public.outreach_items for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.outreach_items to authenticated, service_role;
