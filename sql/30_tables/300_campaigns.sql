-- One list, one published workflow, one sending number.
create table public.campaigns (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  name text not null,
  list_id uuid not null,
  workflow_id uuid not null,
  phone_number_id uuid not null,
  status public.campaign_status not null default 'CREATED',
  priority smallint not null default 100,
  max_lateness interval not null default '2 days',
  retry_budget integer not null default 10,
  is_continuous boolean not null default false,
  scheduled_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  created_at timestamptz not null default engine.now(),
  updated_at timestamptz not null default engine.now(),
  -- With the foreign key below: whatever the SQL, no campaign runs a workflow that is not published.
  needs_workflow_status public.workflow_status generated always as (
    case when status in ('SCHEDULED', 'ACTIVE', 'PAUSED') then 'PUBLISHED'::public.workflow_status end
  ) stored,
  -- The same for the list.
  needs_list_status public.audience_status generated always as (
    case when status in ('SCHEDULED', 'ACTIVE', 'PAUSED') then 'ACTIVE'::public.audience_status end
  ) stored,
  kind public.campaign_kind not null default 'campaign',
  archived_at timestamptz,
  retry_count integer not null default 0,
  exclusions jsonb not null default '{}',
  targeting jsonb not null default '{}',
  constraint campaigns_pk primary key (team_id, id),
  constraint campaigns_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint campaigns_list_exists foreign key (team_id, list_id) references public.audience_lists (team_id, id),
  constraint campaigns_workflow_exists foreign key (team_id, workflow_id) references public.workflows (team_id, id),
  constraint campaigns_run_published_workflows
  foreign key (team_id, workflow_id, needs_workflow_status) references public.workflows (team_id, id, status),
  constraint campaigns_use_active_lists
  foreign key (team_id, list_id, needs_list_status) references public.audience_lists (team_id, id, status),
  constraint campaigns_phone_number_exists
  foreign key (team_id, phone_number_id) references public.phone_numbers (team_id, id),
  constraint campaigns_name_is_present check (length(btrim(name)) between 1 and 200),
  constraint campaigns_max_lateness_is_positive check (max_lateness > interval '0'),
  constraint campaigns_retry_budget_is_sane check (retry_budget between 0 and 100),
  constraint campaigns_scheduled_have_a_time check (status <> 'SCHEDULED' or scheduled_at is not null),
  constraint campaigns_started_unless_waiting
  check ((started_at is not null) or status in ('CREATED', 'SCHEDULED', 'CANCELLED')),
  constraint campaigns_ended_have_a_time check ((status in ('COMPLETED', 'CANCELLED')) = (ended_at is not null)),
  constraint campaigns_archived_do_not_run check (archived_at is null or status in ('CREATED', 'COMPLETED', 'CANCELLED')),
  constraint campaigns_retry_count_is_not_negative check (retry_count >= 0),
  constraint campaigns_exclusions_are_an_object check (jsonb_typeof(exclusions) = 'object'),
  constraint campaigns_targeting_is_an_object check (jsonb_typeof(targeting) = 'object')
);
create index campaigns_by_list on public.campaigns (team_id, list_id, needs_list_status);
create index campaigns_of_list_in_order on public.campaigns (team_id, list_id, id);
create index campaigns_by_workflow on public.campaigns (team_id, workflow_id, needs_workflow_status);
create index campaigns_by_phone_number on public.campaigns (team_id, phone_number_id);
create index campaigns_live on public.campaigns (status, scheduled_at) where status in ('SCHEDULED', 'ACTIVE');
comment on table public.campaigns is 'A launch of one published workflow over one list from one number.';
comment on column public.campaigns.needs_workflow_status is
'PUBLISHED while the campaign is SCHEDULED, ACTIVE or PAUSED, else null: the status that its workflow must have.';
comment on column public.campaigns.needs_list_status is
'ACTIVE while the campaign is SCHEDULED, ACTIVE or PAUSED, else null: the status that its list must have.';
comment on column public.campaigns.kind is 'outreach: launched straight from a list, over a generated workflow.';
comment on column public.campaigns.priority is 'Lowest number goes first when campaigns compete.';
comment on column public.campaigns.max_lateness is 'A job that is later than this is skipped with a reason, never sent stale.';
comment on column public.campaigns.retry_budget is 'Retries of every kind that one enrollment may use in all.';
comment on column public.campaigns.archived_at is 'When it was put away: left out of lists, and not launched or retried.';
comment on column public.campaigns.retry_count is
'How often what had failed was tried again. A completed campaign becomes active only together with a rising count.';
comment on column public.campaigns.exclusions is
'Members who are enrolled as SUPPRESSED instead of contacted, as engine.read_exclusions writes it; docs/guardrails.md.';
comment on column public.campaigns.targeting is
'{tags?[], campaigns?[], business_units?[]} of ServiceTitan: only members who match every key are contacted; {} is off.';
alter table public.campaigns enable row level security;
create policy campaigns_are_seen_by_members on public.campaigns for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.campaigns to authenticated, service_role;
