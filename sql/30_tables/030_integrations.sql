-- A team's account at a provider. The secret itself is never here, only the name under which a
-- worker finds it.
create table public.integrations (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  provider public.provider not null,
  account_ref text,
  secret_name text not null,
  is_sandbox boolean not null default false,
  concurrency_limit integer not null default 10,
  status public.integration_status not null default 'ACTIVE',
  paused_reason text,
  paused_at timestamptz,
  created_at timestamptz not null default engine.now(),
  pace_per_minute integer,
  pace_begins_at timestamptz,
  pace_reason text,
  constraint integrations_pk primary key (team_id, id),
  constraint integrations_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint integrations_one_per_provider unique (team_id, provider),
  constraint integrations_secret_name_is_a_name check (secret_name ~ '^[A-Z][A-Z0-9_]{0,62}$'),
  constraint integrations_concurrency_is_positive check (concurrency_limit between 1 and 10000),
  constraint integrations_pause_has_a_reason
  check ((status = 'PAUSED') = (paused_reason is not null) and (status = 'PAUSED') = (paused_at is not null)),
  constraint integrations_pace_is_positive check (pace_per_minute >= 1),
  constraint integrations_pace_has_a_reason
  check (
    (pace_per_minute is null) = (pace_begins_at is null) and (pace_per_minute is null) = (pace_reason is null)
  )
);
create index integrations_by_account on public.integrations (provider, account_ref);
comment on table public.integrations is 'A team''s account at a provider, and whether jobs may use it now.';
comment on column public.integrations.account_ref is 'The provider''s public id of the account, such as a Twilio account SID.';
comment on column public.integrations.secret_name is 'Name of the secret, which only workers can resolve. Never the secret.';
comment on column public.integrations.concurrency_limit is 'Calls that may be in progress at once on this account.';
comment on column public.integrations.pace_per_minute is
'Requests a minute since the provider said that it was too much; null: it never did. engine.pace_now says what it is by now.';
comment on column public.integrations.pace_begins_at is 'No request before this moment; from then on the pace recovers.';
comment on column public.integrations.pace_reason is 'What the provider said when the pace was lowered.';
alter table public.integrations enable row level security;
create policy integrations_are_seen_by_members on public.integrations for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.integrations to authenticated, service_role;
