-- Named segments.
create table public.audience_lists (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  name text not null,
  source public.audience_source not null,
  status public.audience_status not null default 'ACTIVE',
  definition jsonb not null default '{}',
  member_count bigint not null default 0,
  created_at timestamptz not null default engine.now(),
  updated_at timestamptz not null default engine.now(),
  exclusions jsonb not null default '{}',
  campaign_count bigint not null default 0,
  constraint audience_lists_pk primary key (team_id, id),
  constraint audience_lists_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  -- Campaigns refer to the status too: one that runs needs a list that is ACTIVE.
  constraint audience_lists_have_one_status unique (team_id, id, status),
  constraint audience_lists_name_is_present check (length(btrim(name)) between 1 and 200),
  constraint audience_lists_definition_is_an_object check (jsonb_typeof(definition) = 'object'),
  constraint audience_lists_member_count_is_not_negative check (member_count >= 0),
  constraint audience_lists_exclusions_are_an_object check (jsonb_typeof(exclusions) = 'object'),
  constraint audience_lists_campaign_count_is_not_negative check (campaign_count >= 0)
);
comment on table public.audience_lists is 'Named segments of contacts.';
comment on column public.audience_lists.member_count is 'Members now, kept exact by a trigger on audience_members.';
comment on column public.audience_lists.exclusions is
'Who is left out although the source names them, as engine.read_exclusions writes it; docs/audiences.md.';
comment on column public.audience_lists.campaign_count is
'Campaigns of the list, whatever their status, kept exact by a trigger on campaigns.';
alter table public.audience_lists enable row level security;
create policy audience_lists_are_seen_by_members on public.audience_lists for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.audience_lists to authenticated, service_role;
