-- A launch straight from a list's scheduling dialog. It owns a campaign over a generated workflow of one
-- node, so that the gate, the ledger, pacing, retries, counters and consent are those of every campaign.
create table public.outreaches (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  kind public.outreach_kind not null,
  channel public.contact_channel not null,
  list_id uuid not null,
  campaign_id uuid not null,
  hold_reason_id bigint,
  hold_memo text,
  created_by uuid,
  created_at timestamptz not null default engine.now(),
  constraint outreaches_pk primary key (team_id, id),
  constraint outreaches_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint outreaches_list_exists foreign key (team_id, list_id) references public.audience_lists (team_id, id),
  constraint outreaches_campaign_exists foreign key (team_id, campaign_id) references public.campaigns (team_id, id),
  constraint outreaches_by_text_go_out_as_texts check (kind <> 'text' or channel = 'text'),
  constraint outreaches_that_reschedule_hold
  check ((kind = 'reschedule') = (hold_reason_id is not null) and (kind = 'reschedule') = (hold_memo is not null)),
  constraint outreaches_memo_is_present check (length(btrim(hold_memo)) between 1 and 1000)
);
create index outreaches_by_list on public.outreaches (team_id, list_id, id);
create index outreaches_by_campaign on public.outreaches (team_id, campaign_id);
comment on table public.outreaches is 'Launches straight from a list: maintenance, reschedule or text.';
comment on column public.outreaches.campaign_id is 'The campaign that enrolls its contacts.';
comment on column public.outreaches.hold_reason_id is 'ServiceTitan''s id of the reason that appointments are held for.';
alter table public.outreaches enable row level security;
create policy outreaches_are_seen_by_members on public.outreaches for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.outreaches to authenticated, service_role;
