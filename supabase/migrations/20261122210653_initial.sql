-- Assembled from sql/ by `outbound dev migration`; change the source, never this file.

set check_function_bodies = off;

-- sql/10_schemas/05_extensions.sql
-- Search by any part of a name, a number or an address needs an index of trigrams. A hosted project has
-- the extension at hand, and its owner may create it; it belongs where extensions are.
create extension if not exists pg_trgm with schema extensions;

-- sql/10_schemas/10_engine.sql
-- The engine moves contacts through workflows. No API exposes it: what is in here is called by
-- workers, by pg_cron, and by the RPCs in `public`.
create schema if not exists engine;
comment on schema engine is 'Jobs, attempts, events, counters and the clock. Not exposed: workers, cron and the RPCs call it.';
revoke all on schema engine from public;

-- sql/10_schemas/20_reference.sql
-- Facts about the world that rules read: rows, not code, so that a changed law or a new area code
-- is a data change.
create schema if not exists reference;
comment on schema reference is 'Area codes, time zones, calling windows, provider outcomes, error codes: facts as rows.';
revoke all on schema reference from public;

-- sql/10_schemas/30_worker_role.sql
-- Workers log in as a role of their own that can execute the engine's functions and nothing else.
-- It is created without login; a deployment gives it a password. Roles belong to the cluster, so
-- the role may be there already.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'outbound_worker') then
    create role outbound_worker nologin noinherit;
  end if;
end
$$;
grant usage on schema engine to outbound_worker;
-- Workers' statements are short and many: compiling one takes longer than running it.
alter role outbound_worker set jit = off;

-- sql/10_schemas/40_default_privileges.sql
-- Closed by default: a hosted project grants everything in `public` to the API roles, and Postgres
-- lets everyone execute a new function. Here access is granted by name, object by object.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
alter default privileges revoke execute on functions from public;
alter default privileges revoke usage on types from public;

-- sql/20_types/10_enums.sql
-- The words of the state machines. A status is an enum in upper case; what may follow what is kept
-- by the transition functions and by CHECKs on the tables.
create type public.team_role as enum ('viewer', 'operator', 'admin');
comment on type public.team_role is 'What a member may do, least first: viewer reads, operator builds and launches, admin manages.';

create type public.contact_channel as enum ('call', 'text');
comment on type public.contact_channel is 'How a contact is reached. Also the name of the workers'' queue.';

create type public.provider as enum ('vapi', 'twilio', 'servicetitan');
comment on type public.provider is 'Outside services that a team connects.';

create type public.audience_source as enum ('servicetitan', 'custom_report', 'csv', 'speed_to_lead');
comment on type public.audience_source is 'Where the members of a list come from.';

create type public.audience_status as enum ('ACTIVE', 'ARCHIVED');
comment on type public.audience_status is 'Life of an audience list.';

create type public.run_status as enum ('QUEUED', 'RUNNING', 'SUCCEEDED', 'PARTIAL', 'FAILED');
comment on type public.run_status is 'Life of one refresh or import of a list.';

create type public.workflow_status as enum ('DRAFT', 'PUBLISHED', 'ARCHIVED');
comment on type public.workflow_status is 'Life of a workflow; cascades to its nodes and edges. Only DRAFT takes writes.';

create type public.node_type as enum ('trigger', 'call', 'text');
comment on type public.node_type is 'Kinds of workflow nodes.';

create type public.campaign_status as enum (
  'CREATED', 'SCHEDULED', 'ACTIVE', 'PAUSED', 'COMPLETED', 'CANCELLED'
);
comment on type public.campaign_status is 'Life of a campaign.';

create type public.enrollment_status as enum (
  'ACTIVE', 'COMPLETED', 'BOOKED', 'OPTED_OUT', 'SUPPRESSED', 'FAILED', 'CANCELLED'
);
comment on type public.enrollment_status is 'One contact''s journey through one campaign.';

create type public.job_status as enum (
  'READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS', 'DONE', 'FAILED', 'CANCELLED'
);
comment on type public.job_status is 'Life of one unit of provider work. The last three are terminal.';

create type public.attempt_status as enum (
  'OPEN', 'ACCEPTED', 'REFUSED', 'TRY_LATER', 'AMBIGUOUS', 'NOT_SENT'
);
comment on type public.attempt_status is 'What became of one request to a provider. OPEN: it may be on the wire.';

create type public.job_outcome as enum (
  'booked', 'answered', 'voicemail', 'no_answer', 'busy',
  'delivered', 'replied', 'no_reply', 'opted_in', 'opted_out', 'undeliverable', 'failed'
);
comment on type public.job_outcome is 'What came of a job, in the words that edges match.';

create type public.integration_status as enum ('ACTIVE', 'PAUSED');
comment on type public.integration_status is 'Whether jobs may use a provider account.';

create type public.lead_urgency as enum ('normal', 'high', 'emergency');
comment on type public.lead_urgency is 'How soon a lead is to be called, against everything else that is due: least urgent first.';

create type public.lead_status as enum ('ACCEPTED', 'EXCLUDED', 'REJECTED');
comment on type public.lead_status is 'What became of a lead: in its list, kept out of it by an exclusion, or without a number that can be called.';

-- sql/20_types/audience_sets.sql
-- Sets that functions of the audiences hand to each other.
create type engine.member_change as (
  team_id uuid,
  list_id uuid,
  change bigint
);
comment on type engine.member_change is 'By how many members, or campaigns, a list grew or shrank.';

create type engine.candidate as (
  ordinal bigint,
  contact_id uuid,
  phone text,
  customer_id bigint
);
comment on type engine.candidate is
'Somebody who may be left out: contact_id is null while the team does not know the number, customer_id without ServiceTitan.';

-- sql/20_types/cron_schedule.sql
-- A cron expression, read once. Sets instead of the bits that cron keeps, and the issues with what is
-- wrong (errors) or not what it seems (warnings); with an error the sets mean nothing.
create type engine.cron_field as (
  numbers integer [],
  issues jsonb
);
comment on type engine.cron_field is 'One field of a cron expression: its numbers in order, and what is wrong with it.';

create type engine.cron_schedule as (
  minutes integer [],
  hours integer [],
  days integer [],
  months integer [],
  weekdays integer [],
  is_last_day boolean,
  is_either_day boolean,
  every_seconds integer,
  is_at_start boolean,
  issues jsonb
);
comment on type engine.cron_schedule is
'Sets of numbers in order (Sunday is 0); whether the last day of the month counts, whether either day field is enough; the period of "N seconds"; @reboot; issues.';

-- sql/20_types/definitions.sql
-- Conditions of audience definitions, read: their windows as moments, everything else as it is compared.
create type engine.condition as (
  path text,
  kind text,
  is_negated boolean,
  words text [],
  type_ids bigint [],
  job_types bigint [],
  business_units bigint [],
  campaigns bigint [],
  tags_any bigint [],
  tags_all bigint [],
  tags_none bigint [],
  zips text [],
  amounts numrange,
  created tstzrange,
  completed tstzrange,
  starts tstzrange,
  ends tstzrange,
  due tstzrange,
  do_not_service boolean,
  do_not_text boolean,
  marketing boolean,
  unused boolean
);
comment on type engine.condition is
'One condition of a definition. words: statuses, or a customer''s types; type_ids: types of memberships or services; amounts: balance or total.';

-- A customer that matches, with the facts that made it match.
create type engine.matched_customer as (
  customer_id bigint,
  location_id bigint,
  job_id bigint,
  job_type_id bigint,
  appointment_id bigint,
  appointment_starts_at timestamptz
);
comment on type engine.matched_customer is 'A customer that a definition matches, and the job or appointment that made it match.';

-- sql/20_types/engine_sets.sql
-- Sets that functions of the engine hand to each other: arrays of these instead of a call per row.
create type engine.new_job as (
  team_id uuid,
  campaign_id uuid,
  enrollment_id uuid,
  contact_id uuid,
  phone text,
  workflow_id uuid,
  node_id text,
  visit integer,
  priority smallint,
  not_before timestamptz
);
comment on type engine.new_job is 'A job to be made: which node for which enrollment, and not before when.';

create type engine.finished_job as (
  team_id uuid,
  job_id uuid,
  outcome public.job_outcome,
  reason_code text,
  reply_text text
);
comment on type engine.finished_job is 'What came of a job in flight; reply_text is what the person wrote, if anything.';

create type engine.closed_job as (
  team_id uuid,
  job_id uuid,
  reason_code text,
  enrollment_status public.enrollment_status
);
comment on type engine.closed_job is 'A job that will not be sent, why, and what its enrollment becomes.';

create type engine.verdict as (
  team_id uuid,
  job_id uuid,
  decision text,
  reason_code text,
  run_at timestamptz,
  enrollment_status public.enrollment_status
);
comment on type engine.verdict is
'The gate''s answer for one job: pass, hold (as it is), defer (to run_at) or close (with enrollment_status).';

create type engine.placed_job as (
  job engine.new_job,
  channel public.contact_channel,
  integration_id uuid,
  open_hours tstzmultirange,
  earliest timestamptz,
  batch_size integer,
  batch_interval interval
);
comment on type engine.placed_job is
'A job to be made with what its due time depends on: the open hours, the first of them, the node''s batching.';

create type engine.dispatch_result as (
  team_id uuid,
  job_id uuid,
  attempt_id uuid,
  verdict text,
  scope text,
  code text,
  message text,
  provider_id text,
  retry_after_seconds double precision
);
comment on type engine.dispatch_result is 'What a provider answered to one attempt, as the worker understood it.';

create type engine.event_ref as (
  provider public.provider,
  event_key text
);
comment on type engine.event_ref is 'Key of an event in the inbox.';

create type engine.step as (
  team_id uuid,
  enrollment_id uuid,
  edge_id text,
  is_retry boolean,
  spends_budget boolean,
  job engine.new_job,
  end_status public.enrollment_status,
  reason_code text
);
comment on type engine.step is
'Where an enrollment goes after a job: the next job (a retry, or over an edge), or the status that it ends with.';

create type engine.stop as (
  team_id uuid,
  phone text,
  channel public.contact_channel,
  reason text,
  source text,
  words text
);
comment on type engine.stop is 'A number that must not be reached any more; no channel means all of them.';

create type engine.reading as (
  kind text,
  outcome public.job_outcome,
  scope text,
  reason_code text,
  words text
);
comment on type engine.reading is
'What an event says. kind: final (outcome), opt_out, booking (by a tool), delivered, ended (a report will follow), progress, or ignored.';

create type engine.event_reading as (
  provider public.provider,
  event_key text,
  team_id uuid,
  attempt_id uuid,
  job_id uuid,
  provider_id text,
  reading engine.reading
);
comment on type engine.event_reading is 'A stored event, the attempt that it is about, and what it says.';

create type engine.lookup_answer as (
  attempt_id uuid,
  found boolean,
  provider_id text,
  payload jsonb
);
comment on type engine.lookup_answer is 'What a provider said when it was asked about an attempt.';

-- sql/20_types/simulation.sql
-- What a simulation is given, and what it works out for each visit.
create type engine.simulated_contact as (
  team_timezone text,
  timezones text array,
  regions text array,
  position_in_list integer,
  retry_budget integer
);
comment on type engine.simulated_contact is
'Whom a simulation follows: every zone and region that counts, the place among those who start together, retries in all.';

create type engine.simulated_outcome as (
  outcome public.job_outcome,
  reply_text text,
  takes interval,
  source text
);
comment on type engine.simulated_outcome is 'What comes of a simulated visit, how long after sending, and whether scripted or sampled.';

create type engine.simulated_place as (
  due_at timestamptz,
  waits jsonb
);
comment on type engine.simulated_place is 'When a simulated visit is due, and what it waited for.';

-- sql/20_types/tasks.sql
-- Work for ServiceTitan. The order of the kinds is the order of urgency: a hold keeps people waiting, a
-- preview somebody who looks at a screen.
create type engine.task_kind as enum ('hold', 'preview', 'catalogue', 'refresh');
comment on type engine.task_kind is 'What a task does, the most urgent first.';

create type engine.task_status as enum ('READY', 'CLAIMED', 'DONE', 'FAILED');
comment on type engine.task_status is 'Life of a task. The last two are terminal.';

-- sql/20_types/visit_sets.sql
-- What the choice of the next step depends on: the engine reads these from its rows, a simulation from
-- its script, and both ask the same functions.
create type engine.edge_choice as (
  id text,
  target text,
  rule text,
  phrases text array,
  delay interval,
  priority integer
);
comment on type engine.edge_choice is 'An edge as far as the choice among the edges of its node goes.';

create type engine.ended_visit as (
  node_type public.node_type,
  outcome public.job_outcome,
  reason_code text,
  reply_text text,
  retry jsonb,
  retries_left integer,
  dialled bigint,
  was_not_dialled boolean,
  edges engine.edge_choice array
);
comment on type engine.ended_visit is
'A visit of a node that is over: what came of it, the node''s retry rule and edges, what is left of the budget, how often the '
'person was tried here. A trigger is a visit without an outcome.';

create type engine.weighed_edge as (
  visit_no integer,
  edge_id text,
  target text,
  rule text,
  priority integer,
  delay interval,
  matches boolean,
  is_first boolean
);
comment on type engine.weighed_edge is
'An edge of a visit that is over: whether its rule matches, and whether it is the first that does. Visits count from 1.';

create type engine.decision as (
  visit_no integer,
  is_retry boolean,
  edge_id text,
  target text,
  delay interval,
  end_status public.enrollment_status,
  reason_code text
);
comment on type engine.decision is
'Where a journey goes after a visit: to the same node again, over an edge, or to its end (end_status).';

-- sql/20_types/workflow_graph.sql
-- A graph as validation reads it once, and then hands from check to check: arrays of these instead
-- of the JSON, which would be searched anew by each. Elements are named by their position in the
-- graph, because ids may be missing, of the wrong type, or there twice.
create type engine.graph_node as (
  node_no integer,
  id text,
  type public.node_type,
  element jsonb,
  data jsonb
);
comment on type engine.graph_node is
'One element of nodes: position from 0, id (null when unusable), type (null when unknown), the whole, its data (an object).';

create type engine.graph_edge as (
  edge_no integer,
  id text,
  source_no integer,
  target_no integer,
  source_type public.node_type,
  rule text,
  priority integer,
  element jsonb,
  data jsonb
);
comment on type engine.graph_edge is
'One element of edges: its ends as positions of nodes (null: no such node), rule and priority (null when unusable).';

create type engine.graph_issue as (
  code text,
  node_no integer,
  edge_no integer,
  path text,
  words text array,
  other_no integer,
  node_nos integer array
);
comment on type engine.graph_issue is
'A problem before it is put into words: code, place, what to name, what it collides with, all nodes concerned.';

-- sql/25_primitives/10_deployment.sql
-- What this database is for. A production database can never have its clock set; a sandbox can.
-- The way is one-way: only an empty database can become a sandbox, and it stays one.
create table engine.deployment (
  is_singleton boolean not null default true,
  environment text not null default 'production',
  clock_at timestamptz,
  clock_set_at timestamptz,
  clock_rate double precision not null default 1,
  constraint deployment_pk primary key (is_singleton),
  constraint deployment_has_one_row check (is_singleton),
  constraint deployment_environment_is_known check (environment in ('production', 'sandbox')),
  constraint deployment_clock_is_set_in_sandbox_only
  check (environment = 'sandbox' or (clock_at is null and clock_set_at is null and clock_rate = 1)),
  constraint deployment_clock_runs_forward check (clock_rate >= 0),
  constraint deployment_clock_is_whole check ((clock_at is null) = (clock_set_at is null))
);
comment on table engine.deployment is
'One row: production or sandbox, and where the sandbox''s clock stands (clock_at, at the real moment clock_set_at, running clock_rate times as fast as real time).';
insert into engine.deployment default values;

-- sql/25_primitives/caller_is_service.sql
-- Backends that hold the service key act for every team. A request through the API carries its role
-- in the token's claims; a direct connection without claims counts as a service only when its own
-- login inherits the service role, which the API's login (authenticator) does not.
create or replace function engine.caller_is_service()
returns boolean
language sql
stable
parallel safe
set search_path = ''
as $$
  select case
    when coalesce(current_setting('request.jwt.claims', true), '') <> ''
      then coalesce(current_setting('request.jwt.claims', true)::jsonb ->> 'role', '') = 'service_role'
    else pg_has_role(session_user, 'service_role', 'usage')
  end
$$;
comment on function engine.caller_is_service() is 'True when the caller holds the service role and so may act for any team.';
revoke all on function engine.caller_is_service() from public;

-- sql/25_primitives/is_timezone.sql
-- A name of the IANA database as this server knows it. Abbreviations and POSIX strings are not
-- names: they carry no daylight-saving rules, or wrong ones.
create or replace function engine.is_timezone(p_name text)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_name is not null and p_name ~ '^[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)*$' and exists (
    select from pg_timezone_names where name = p_name and name !~ '^(posix|right)/'
  )
$$;
comment on function engine.is_timezone(text) is 'Whether this is an IANA time zone that the server knows.';
revoke all on function engine.is_timezone(text) from public;

-- sql/25_primitives/new_id.sql
-- Time-ordered UUIDs (version 7): they do not tell one team how many rows another has, as a shared
-- sequence would, and new rows land at the right edge of every index, as random UUIDs would not.
-- Postgres has uuidv7() from 18 on; this must run on 15. The machine's clock is right here: the
-- order of ids is about storage, not about campaign time.
create or replace function engine.new_id()
returns uuid
language sql
volatile
parallel safe
set search_path = ''
as $$
  select encode(
    set_bit(
      set_bit(
        overlay(
          uuid_send(gen_random_uuid())
          placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
          from 1 for 6
        ),
        52, 1
      ),
      53, 1
    ),
    'hex'
  )::uuid
$$;
comment on function engine.new_id() is 'A new UUID of version 7, ordered by creation time.';
revoke all on function engine.new_id() from public;

-- sql/25_primitives/new_ids.sql
-- Many ids at once: a call for each of a million rows would cost more than the rows.
create or replace function engine.new_ids(p_count bigint)
returns table (ordinal bigint, id uuid)
language sql
volatile
parallel safe
set search_path = ''
as $$
  select
    g.ordinal,
    encode(
      set_bit(
        set_bit(
          overlay(
            uuid_send(gen_random_uuid())
            placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
            from 1 for 6
          ),
          52, 1
        ),
        53, 1
      ),
      'hex'
    )::uuid
  from generate_series(1, p_count) as g (ordinal)
$$;
comment on function engine.new_ids(bigint) is 'As many new UUIDs of version 7, in order, as engine.new_id makes one.';
revoke all on function engine.new_ids(bigint) from public;

-- sql/25_primitives/now.sql
-- The clock. All code reads the time here and nowhere else, so that a sandbox or a test can set it.
-- In production the columns that could change it are null, kept so by a CHECK on the table.
create or replace function engine.now()
returns timestamptz
language sql
stable
parallel safe
security definer -- everyone who inserts a row reads the clock; nobody reads the table
set search_path = ''
as $$
  select coalesce(
    clock_at + (statement_timestamp() - clock_set_at) * clock_rate,
    statement_timestamp()
  )
  from engine.deployment
$$;
comment on function engine.now() is 'The moment it is for campaigns: real time in production, the set clock in a sandbox.';
revoke all on function engine.now() from public;
grant execute on function engine.now() to authenticated, service_role, outbound_worker;

-- sql/30_tables/010_teams.sql
-- The tenant. Every other row belongs to one.
create table public.teams (
  id uuid not null default engine.new_id(),
  name text not null,
  country text not null default 'US',
  timezone text not null default 'America/New_York',
  is_sandbox boolean not null default false,
  created_at timestamptz not null default engine.now(),
  constraint teams_pk primary key (id),
  constraint teams_name_is_present check (length(btrim(name)) between 1 and 200),
  constraint teams_country_is_iso_3166 check (country ~ '^[A-Z]{2}$'),
  constraint teams_timezone_is_iana check (timezone ~ '^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$')
);
comment on table public.teams is 'A home-service company: the tenant.';
comment on column public.teams.country is 'ISO 3166-1 alpha-2: the default region for phone numbers.';
comment on column public.teams.is_sandbox is
'All providers of this team are the sandbox; only such a team may hold numbers reserved for fiction.';

-- sql/30_tables/020_team_members.sql
-- Who may do what in a team.
create table public.team_members (
  team_id uuid not null,
  user_id uuid not null,
  role public.team_role not null,
  created_at timestamptz not null default engine.now(),
  constraint team_members_pk primary key (team_id, user_id),
  constraint team_members_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint team_members_user_exists foreign key (user_id) references auth.users (id) on delete cascade
);
create index team_members_by_user on public.team_members (user_id);
comment on table public.team_members is 'Members of a team and their roles.';

-- sql/30_tables/021_caller_team_ids.sql
-- The teams that the caller belongs to: what row-level security and every RPC limit themselves to.
-- In the folder of the tables because policies name it.
create or replace function engine.caller_team_ids()
returns uuid[]
language sql
stable
parallel safe
security definer -- reads team_members for a caller whose own reads are limited by this very function
set search_path = ''
as $$
  select case
    when engine.caller_is_service() then array(select id from public.teams)
    else array(
      select team_id
      from public.team_members
      where user_id = (select auth.uid())
    )
  end
$$;
comment on function engine.caller_team_ids() is 'Ids of the teams whose rows the caller may see; all of them for a service.';
revoke all on function engine.caller_team_ids() from public;
-- Policies run with the privileges of whoever reads the table.
grant execute on function engine.caller_team_ids() to authenticated, service_role;

-- sql/30_tables/022_team_policies.sql
-- Members see their own teams and colleagues.
alter table public.teams enable row level security;
create policy teams_are_seen_by_members on public.teams for select to authenticated, service_role
using (id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.teams to authenticated, service_role;

alter table public.team_members enable row level security;
create policy team_members_are_seen_by_members on public.team_members for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.team_members to authenticated, service_role;

-- sql/30_tables/030_integrations.sql
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
  constraint integrations_pk primary key (team_id, id),
  constraint integrations_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint integrations_one_per_provider unique (team_id, provider),
  constraint integrations_secret_name_is_a_name check (secret_name ~ '^[A-Z][A-Z0-9_]{0,62}$'),
  constraint integrations_concurrency_is_positive check (concurrency_limit between 1 and 10000),
  constraint integrations_pause_has_a_reason
  check ((status = 'PAUSED') = (paused_reason is not null) and (status = 'PAUSED') = (paused_at is not null))
);
create index integrations_by_account on public.integrations (provider, account_ref);
comment on table public.integrations is 'A team''s account at a provider, and whether jobs may use it now.';
comment on column public.integrations.account_ref is 'The provider''s public id of the account, such as a Twilio account SID.';
comment on column public.integrations.secret_name is 'Name of the secret, which only workers can resolve. Never the secret.';
comment on column public.integrations.concurrency_limit is 'Calls that may be in progress at once on this account.';
alter table public.integrations enable row level security;
create policy integrations_are_seen_by_members on public.integrations for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.integrations to authenticated, service_role;

-- sql/30_tables/040_phone_numbers.sql
-- Numbers that a team sends from.
create table public.phone_numbers (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  phone text not null,
  label text,
  vapi_phone_number_id text,
  is_verified_for_calls boolean not null default false,
  is_verified_for_texts boolean not null default false,
  created_at timestamptz not null default engine.now(),
  constraint phone_numbers_pk primary key (team_id, id),
  constraint phone_numbers_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint phone_numbers_one_row_per_number unique (team_id, phone),
  constraint phone_numbers_are_e164 check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  constraint phone_numbers_calls_need_a_vapi_id check (not is_verified_for_calls or vapi_phone_number_id is not null)
);
comment on table public.phone_numbers is 'Numbers that a team calls and texts from, and what each is verified for.';
comment on column public.phone_numbers.vapi_phone_number_id is 'Vapi''s id of the number, which a call names instead of the number.';
alter table public.phone_numbers enable row level security;
create policy phone_numbers_are_seen_by_members on public.phone_numbers for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.phone_numbers to authenticated, service_role;

-- sql/30_tables/050_assistants.sql
-- Assistants that workflows may use: voices that the team built at Vapi, and writers of texts. What a
-- writer sends is a template; publishing a workflow copies it, so that changing it here changes no live flow.
create table public.assistants (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  name text not null,
  channel public.contact_channel not null default 'call',
  provider_assistant_id text not null,
  is_active boolean not null default true,
  created_at timestamptz not null default engine.now(),
  template text,
  constraint assistants_pk primary key (team_id, id),
  constraint assistants_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint assistants_one_row_per_provider_id unique (team_id, provider_assistant_id, channel),
  constraint assistants_name_is_present check (length(btrim(name)) between 1 and 200),
  constraint assistants_of_texts_have_a_template check ((channel = 'text') = (template is not null)),
  constraint assistants_template_fits_a_text
  check (length(template) <= 1600 and btrim(template, E' \t\r\n') <> '')
);
comment on table public.assistants is 'Voice or text assistants at the provider that workflow nodes may name.';
comment on column public.assistants.provider_assistant_id is 'The provider''s id of the assistant.';
comment on column public.assistants.template is 'The message that an assistant for texts writes; null for calls.';
alter table public.assistants enable row level security;
create policy assistants_are_seen_by_members on public.assistants for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.assistants to authenticated, service_role;

-- sql/30_tables/060_reference_errors.sql
-- The registry of refusals: its one home in SQL. Python's map and the docs are tested against it.
create table reference.errors (
  sqlstate text not null,
  name text not null,
  meaning text not null,
  detail_shape text not null,
  constraint errors_pk primary key (sqlstate),
  constraint errors_sqlstate_is_ours check (sqlstate ~ '^OB[0-9]{3}$'),
  constraint errors_names_are_unique unique (name)
);
comment on table reference.errors is 'Every SQLSTATE that an RPC raises on purpose, and the shape of its detail.';

-- sql/30_tables/061_reference_transitions.sql
-- The state machines as rows: what refusals list as allowed, and what tests walk through.
create table reference.transitions (
  entity text not null,
  from_status text not null,
  to_status text not null,
  constraint transitions_pk primary key (entity, from_status, to_status)
);
comment on table reference.transitions is 'Legal steps of every state machine.';

-- sql/30_tables/062_reference_calling_windows.sql
-- When a region lets people be called or texted, in their local time: rows, so that a changed law is
-- a data change. A region's rows replace the default's, weekday by weekday; a weekday that a region
-- lists without hours is closed.
create table reference.calling_windows (
  channel public.contact_channel not null,
  region text not null default '',
  weekday smallint not null,
  starts_at time,
  ends_at time,
  daily_limit smallint,
  constraint calling_windows_pk primary key (channel, region, weekday),
  constraint calling_windows_weekday_is_iso check (weekday between 1 and 7),
  constraint calling_windows_are_whole check ((starts_at is null) = (ends_at is null)),
  constraint calling_windows_run_forward check (starts_at < ends_at),
  constraint calling_windows_daily_limit_is_positive check (daily_limit >= 1)
);
comment on table reference.calling_windows is
'Legal contact hours by region (US state; empty is the default), channel and ISO weekday (1 is Monday). A default, not legal advice.';
comment on column reference.calling_windows.starts_at is 'Local time; null closes the day.';
comment on column reference.calling_windows.daily_limit is 'Contacts that one person may get on such a day; null is no limit.';

-- sql/30_tables/063_reference_call_ended_reasons.sql
-- What Vapi's endedReason means. It is an open set of hundreds of strings, so they are classified by
-- pattern; the longest pattern that fits wins, and what nothing fits has failed.
create table reference.call_ended_reasons (
  pattern text not null,
  outcome public.job_outcome not null,
  scope text not null default 'job',
  constraint call_ended_reasons_pk primary key (pattern),
  constraint call_ended_reasons_scope_is_known check (scope in ('job', 'capacity', 'account'))
);
comment on table reference.call_ended_reasons is 'Outcome and scope of Vapi''s ended reasons, by LIKE pattern.';
comment on column reference.call_ended_reasons.scope is
'job: it is about this call. capacity: nobody was dialled for want of a line. account: nobody will be, until someone mends the account.';

-- sql/30_tables/064_reference_consent_phrases.sql
-- Words and phrases by which people revoke or give consent in a text.
create table reference.consent_phrases (
  phrase text not null,
  action text not null,
  is_whole_message boolean not null,
  constraint consent_phrases_pk primary key (phrase),
  constraint consent_phrases_are_normalised check (phrase = lower(btrim(phrase))),
  constraint consent_phrases_action_is_known check (action in ('opt_out', 'opt_in'))
);
comment on table reference.consent_phrases is 'What people write to stop or to start again.';
comment on column reference.consent_phrases.is_whole_message is
'True for a word that counts only alone ("end" is also an ordinary word); false for a phrase that counts anywhere.';

-- sql/30_tables/065_reference_tool_names.sql
-- What it means when an assistant calls a tool of such a name during a call.
create table reference.tool_names (
  pattern text not null,
  meaning text not null,
  constraint tool_names_pk primary key (pattern),
  constraint tool_names_meaning_is_known check (meaning in ('opt_out', 'booking'))
);
comment on table reference.tool_names is
'Regular expressions for lower-case names of assistants'' tools that record an opt-out or a booking.';

-- sql/30_tables/070_reference_area_codes.sql
-- North American area codes that are assigned, and where each may be. An area code can lie in
-- several zones and states: all of them count, because a contact is reached only when each allows it.
create table reference.area_codes (
  area_code text not null,
  country text not null,
  kind text not null,
  regions text[] not null,
  timezones text[] not null,
  constraint area_codes_pk primary key (area_code),
  constraint area_codes_have_three_digits check (area_code ~ '^[2-9][0-9]{2}$'),
  constraint area_codes_country_is_iso_3166 check (country ~ '^[A-Z]{2}$'),
  constraint area_codes_kind_is_known check (kind in ('geographic', 'toll_free', 'premium', 'non_geographic')),
  constraint area_codes_of_a_place_have_a_zone check (kind <> 'geographic' or cardinality(timezones) > 0)
);
comment on table reference.area_codes is 'Assigned North American area codes with their states and time zones.';
comment on column reference.area_codes.regions is 'States or provinces that numbers of this code may be in.';
comment on column reference.area_codes.timezones is
'IANA zones that numbers of this code may be in; empty when it belongs to no place, which means any of calling code 1.';

-- sql/30_tables/070_reference_validation_codes.sql
-- Every problem that validation of a graph can find. The words live here and nowhere else: checks
-- name a code and what to fill in, and the reference in docs/workflows.md is made from these rows.
create table reference.validation_codes (
  code text not null,
  severity text not null,
  about text not null,
  message text not null,
  meaning text not null,
  cure text not null,
  constraint validation_codes_pk primary key (code),
  constraint validation_codes_are_snake_case check (code ~ '^[a-z]+(_[a-z]+)*$'),
  constraint validation_codes_severity_is_known check (severity in ('error', 'warning')),
  constraint validation_codes_are_about_a_place check (about in ('graph', 'node', 'edge')),
  constraint validation_codes_are_sentences check (message ~ '\.$' and meaning ~ '\.$' and cure ~ '\.$'),
  -- Meaning and cure stand in the docs as they are.
  constraint validation_codes_fill_in_messages_only check (meaning || cure not like '%$s%')
);
comment on table reference.validation_codes is 'Stable codes of graph validation, with severity, message, meaning and cure.';
comment on column reference.validation_codes.message is 'What a person reads first, as a template of format(); the cure follows it.';
comment on column reference.validation_codes.about is 'What an issue of this code points at.';

-- sql/30_tables/071_reference_calling_codes.sql
-- Country calling codes: which lengths are possible, and which zones.
create table reference.calling_codes (
  calling_code text not null,
  countries text[] not null,
  lengths smallint[] not null,
  trunk_prefix text,
  timezones text[] not null,
  constraint calling_codes_pk primary key (calling_code),
  constraint calling_codes_have_one_to_three_digits check (calling_code ~ '^[1-9][0-9]{0,2}$'),
  constraint calling_codes_have_a_length check (cardinality(lengths) > 0)
);
comment on table reference.calling_codes is 'Country calling codes with possible lengths and time zones.';
comment on column reference.calling_codes.lengths is 'Digits that a number may have after the calling code.';
comment on column reference.calling_codes.trunk_prefix is
'What callers within the country dial first and people wrongly keep after the calling code, as in +44 (0)20.';
comment on column reference.calling_codes.timezones is 'Every IANA zone of the code; empty when it has no place.';

-- sql/30_tables/071_reference_edge_rules.sql
-- What each rule of an edge matches: the single home of what an edge means. Validation finds
-- overlaps and gaps with it, the engine chooses edges with it.
create table reference.edge_rules (
  node_type public.node_type not null,
  rule text not null,
  outcome public.job_outcome not null,
  is_partial boolean not null default false,
  needs_reply_window boolean not null default false,
  constraint edge_rules_pk primary key (node_type, rule, outcome)
);
comment on table reference.edge_rules is 'For each kind of node, the rules of its edges and the outcomes that each rule matches.';
comment on column reference.edge_rules.is_partial is 'It matches only some results with this outcome: replies with one of its phrases.';
comment on column reference.edge_rules.needs_reply_window is 'A text with such an edge waits, so it needs a reply window.';

-- sql/30_tables/072_reference_template_variables.sql
-- What a text may say about the person it goes to. A template names these, or the keys of its own
-- overrides; anything else would go out as a gap, so validation refuses it.
create table reference.template_variables (
  name text not null,
  meaning text not null,
  example text not null,
  constraint template_variables_pk primary key (name),
  constraint template_variables_are_names check (name ~ '^[a-z]+(_[a-z]+)*$')
);
comment on table reference.template_variables is 'Variables that every text template knows.';

-- sql/30_tables/072_reference_timezones.sql
-- What sources write for a time zone, and which zone that is. Abbreviations that mean two clocks
-- (MST), and names that say nothing of a place (UTC), are not here: a wrong zone is worse than none.
create table reference.timezones (
  spelling text not null,
  timezone text not null,
  constraint timezones_pk primary key (spelling),
  constraint timezones_spelling_is_lower_case check (spelling = lower(spelling)),
  constraint timezones_are_places check (timezone like '%/%')
);
create index timezones_by_timezone on reference.timezones (timezone);
comment on table reference.timezones is 'Spellings of time zones, in lower case, and the IANA zone of each.';

-- sql/30_tables/073_reference_postal_prefixes.sql
-- Where US ZIP codes lie: the address says better than the area code where a person is.
create table reference.postal_prefixes (
  prefix text not null,
  regions text[] not null,
  timezones text[] not null,
  constraint postal_prefixes_pk primary key (prefix),
  constraint postal_prefixes_have_three_digits check (prefix ~ '^[0-9]{3}$'),
  constraint postal_prefixes_have_a_zone check (cardinality(timezones) > 0)
);
comment on table reference.postal_prefixes is
'First three digits of US ZIP codes with every state and time zone that they reach into.';

-- sql/30_tables/073_reference_simulated_outcomes.sql
-- What can come of a node in a simulation, how often when nobody says, and how long it takes.
create table reference.simulated_outcomes (
  node_type public.node_type not null,
  awaits_reply boolean not null,
  outcome public.job_outcome not null,
  weight integer not null,
  takes interval,
  constraint simulated_outcomes_pk primary key (node_type, awaits_reply, outcome),
  constraint simulated_outcomes_weight_is_positive check (weight > 0)
);
comment on table reference.simulated_outcomes is
'For calls, texts, and texts with a reply window: the outcomes that are possible, their shares in a sampled simulation.';
comment on column reference.simulated_outcomes.weight is 'Share of this outcome, in parts of the sum for its kind of node.';
comment on column reference.simulated_outcomes.takes is 'From sending to the outcome unless a script says so; null: the whole reply window.';

-- sql/30_tables/073_reference_validation_examples.sql
-- What each code of graph validation looks like. Kept apart from the words, because graphs are long.
create table reference.validation_examples (
  code text not null,
  beside text array not null default '{}',
  example jsonb not null,
  cured jsonb not null,
  constraint validation_examples_pk primary key (code),
  constraint validation_examples_are_of_a_code foreign key (code) references reference.validation_codes (code)
);
comment on table reference.validation_examples is
'For each code a smallest graph with that problem, and the same graph cured. CALL_ASSISTANT_ID, TEXT_ASSISTANT_ID and '
'INACTIVE_ASSISTANT_ID stand for ids of a team''s assistants.';
comment on column reference.validation_examples.beside is 'Other codes that the example can''t but have, too.';
comment on column reference.validation_examples.cured is 'The example with the cure applied; it has no issue at all.';

-- sql/30_tables/074_reference_import_problems.sql
-- What can be wrong with a row of an import, and whether that refuses the row. Its one home: errors
-- of a run keep only the code, and take the sentence from here.
create table reference.import_problems (
  code text not null,
  severity text not null,
  message text not null,
  constraint import_problems_pk primary key (code),
  constraint import_problems_severity_is_known check (severity in ('error', 'warning', 'info'))
);
comment on table reference.import_problems is
'Problems of imported rows: error refuses the row, warning drops one value, info only tells.';

-- sql/30_tables/075_reference_import_headers.sql
-- How people name the columns that an import reads. A spelling matches a whole header; a word matches
-- a header that contains it. Several columns may match one field: what is in them decides, then rank.
create table reference.import_headers (
  field text not null,
  spelling text not null,
  is_word boolean not null,
  rank smallint not null,
  constraint import_headers_pk primary key (field, spelling),
  constraint import_headers_field_is_known check (
    field in (
      'phone', 'first_name', 'last_name', 'full_name', 'email', 'timezone', 'postal_code', 'servicetitan_customer_id'
    )
  ),
  constraint import_headers_spelling_is_a_key check (spelling = lower(spelling) and spelling <> '')
);
comment on table reference.import_headers is 'Spellings of column headers in contact files, and the field that each means.';
comment on column reference.import_headers.is_word is 'Matches within a longer header too, such as mobile in "Mobile No. (work)".';
comment on column reference.import_headers.rank is 'Lowest wins among columns whose contents are equally good.';

-- sql/30_tables/076_reference_condition_fields.sql
-- What a condition of an audience definition can say: the one list that checks, reads and documents them.
create table reference.condition_fields (
  kind text not null,
  field text not null,
  type text not null,
  words text[],
  meaning text not null,
  constraint condition_fields_pk primary key (kind, field),
  constraint condition_fields_type_is_known
  check (type in ('words', 'ids', 'tags', 'zips', 'amount', 'window', 'flag')),
  constraint condition_fields_words_are_listed check ((type = 'words') = (words is not null))
);
comment on table reference.condition_fields is 'Fields of the conditions in audience definitions, by kind of condition.';

-- sql/30_tables/100_contacts.sql
-- People that a team may reach: one row for each number.
create table public.contacts (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  phone text not null,
  phone_extension text,
  first_name text,
  last_name text,
  email text,
  timezone text,
  timezones text[] not null,
  regions text[] not null default '{}',
  postal_code text,
  servicetitan_customer_id bigint,
  created_at timestamptz not null default engine.now(),
  updated_at timestamptz not null default engine.now(),
  constraint contacts_pk primary key (team_id, id),
  constraint contacts_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint contacts_one_per_number unique (team_id, phone),
  constraint contacts_phone_is_e164 check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  constraint contacts_email_is_plausible check (email ~ '^[^@\s]+@[^@\s]+$'),
  constraint contacts_timezones_are_set check (timezones is not null and array_position(timezones, null) is null)
);
comment on table public.contacts is 'People that a team may reach, one row for each E.164 number.';
comment on column public.contacts.timezone is 'IANA zone that a source stated for this person; null when none did.';
comment on column public.contacts.timezones is
'Every IANA zone that the person may be in. Contact is allowed only when each of them allows it; empty means unknown, so never.';
comment on column public.contacts.regions is 'US states or other regions whose calling rules apply; empty when none is known.';
alter table public.contacts enable row level security;
create policy contacts_are_seen_by_members on public.contacts for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.contacts to authenticated, service_role;

-- sql/30_tables/110_audience_lists.sql
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

-- sql/30_tables/120_audience_runs.sql
-- One refresh or import of a list: what came in, what became of it, and why. The run of an import
-- that would make a new list carries the list's name; the list is made when the rows turn out right,
-- so that a refused file leaves no list.
create table public.audience_runs (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  list_id uuid,
  list_name text not null,
  source public.audience_source not null,
  status public.run_status not null default 'QUEUED',
  is_partial_allowed boolean not null default false,
  mapping jsonb not null default '{}',
  file_name text,
  fetched_count bigint not null default 0,
  added_count bigint not null default 0,
  updated_count bigint not null default 0,
  removed_count bigint not null default 0,
  excluded_count bigint not null default 0,
  rejected_count bigint not null default 0,
  duplicate_count bigint not null default 0,
  warning_count bigint not null default 0,
  failure_code text,
  failure_message text,
  started_by uuid,
  created_at timestamptz not null default engine.now(),
  started_at timestamptz,
  lease_expires_at timestamptz,
  ended_at timestamptz,
  definition jsonb not null default '{}',
  waits_for text,
  constraint audience_runs_pk primary key (team_id, id),
  constraint audience_runs_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint audience_runs_list_exists
  foreign key (team_id, list_id) references public.audience_lists (team_id, id) on delete cascade,
  constraint audience_runs_list_name_is_present check (length(btrim(list_name)) between 1 and 200),
  constraint audience_runs_mapping_is_an_object check (jsonb_typeof(mapping) = 'object'),
  constraint audience_runs_counts_are_not_negative check (
    least(
      fetched_count, added_count, updated_count, removed_count, excluded_count, rejected_count, duplicate_count,
      warning_count
    ) >= 0
  ),
  constraint audience_runs_account_for_every_row check (
    status not in ('SUCCEEDED', 'PARTIAL')
    or fetched_count = added_count + updated_count + excluded_count + rejected_count + duplicate_count
  ),
  constraint audience_runs_partial_ones_rejected_rows check ((status <> 'PARTIAL') or rejected_count > 0),
  constraint audience_runs_succeeded_ones_rejected_none check ((status <> 'SUCCEEDED') or rejected_count = 0),
  constraint audience_runs_stored_into_a_list check (status not in ('SUCCEEDED', 'PARTIAL') or list_id is not null),
  constraint audience_runs_failed_ones_say_why
  check ((status = 'FAILED') = (failure_code is not null) and (failure_code is null) = (failure_message is null)),
  constraint audience_runs_started_have_a_time check (status not in ('RUNNING', 'SUCCEEDED', 'PARTIAL') or started_at is not null),
  constraint audience_runs_ended_have_a_time
  check ((status in ('SUCCEEDED', 'PARTIAL', 'FAILED')) = (ended_at is not null)),
  constraint audience_runs_open_ones_are_leased
  check ((status in ('QUEUED', 'RUNNING')) = (lease_expires_at is not null))
);
create unique index audience_runs_one_at_a_time
on public.audience_runs (team_id, list_id) where status in ('QUEUED', 'RUNNING') and list_id is not null;
create unique index audience_runs_one_at_a_time_for_a_new_list
on public.audience_runs (team_id, lower(list_name)) where status in ('QUEUED', 'RUNNING') and list_id is null;
create index audience_runs_by_list on public.audience_runs (team_id, list_id, id);
create index audience_runs_by_lease on public.audience_runs (lease_expires_at) where status in ('QUEUED', 'RUNNING');
comment on table public.audience_runs is 'Refreshes and imports of lists, with counts of what came in and what became of it.';
comment on column public.audience_runs.list_id is 'Null while an import has not made its list, and for good when it was refused.';
comment on column public.audience_runs.fetched_count is 'Rows that came in, blank ones aside.';
comment on column public.audience_runs.added_count is 'Members that the run added to the list.';
comment on column public.audience_runs.updated_count is 'Rows of contacts that were members already.';
comment on column public.audience_runs.duplicate_count is 'Rows whose number is in an earlier row of the run.';
comment on column public.audience_runs.warning_count is 'Rows that were used without one of their values.';
comment on column public.audience_runs.lease_expires_at is
'When an open run counts as abandoned, unless a transaction holds its row at that moment.';
comment on column public.audience_runs.definition is 'What a refresh asked for: the list''s definition when it began.';
comment on column public.audience_runs.waits_for is 'What a running refresh waits for, in words; null while it goes on.';
comment on column public.audience_runs.started_by is 'The person who started it; null for a service.';
alter table public.audience_runs enable row level security;
create policy audience_runs_are_seen_by_members on public.audience_runs for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.audience_runs to authenticated, service_role;

-- sql/30_tables/121_audience_run_errors.sql
-- What was wrong with the rows of a run: row, column, code and the value as it came.
create table public.audience_run_errors (
  team_id uuid not null,
  run_id uuid not null,
  position bigint not null,
  row_number bigint not null,
  column_name text not null,
  code text not null,
  severity text not null,
  value text,
  servicetitan_customer_id bigint,
  constraint audience_run_errors_pk primary key (team_id, run_id, position),
  constraint audience_run_errors_run_exists
  foreign key (team_id, run_id) references public.audience_runs (team_id, id) on delete cascade,
  constraint audience_run_errors_row_is_counted_from_one check (row_number >= 1),
  constraint audience_run_errors_severity_is_known check (severity in ('error', 'warning', 'info'))
);
comment on table public.audience_run_errors is
'Problems of a run''s rows in order of row; the sentences are in reference.import_problems.';
comment on column public.audience_run_errors.row_number is 'Place in the file, its header counted, as a spreadsheet shows it.';
comment on column public.audience_run_errors.servicetitan_customer_id is 'Whom the row is about, where it came from ServiceTitan.';
comment on column public.audience_run_errors.value is 'The value as it came, cut to 200 characters.';
alter table public.audience_run_errors enable row level security;
create policy audience_run_errors_are_seen_by_members on public.audience_run_errors for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.audience_run_errors to authenticated, service_role;

-- sql/30_tables/130_audience_members.sql
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

-- sql/30_tables/140_import_rows.sql
-- Where the rows of an import wait until all of them are checked. It is the one table that workers
-- write themselves: COPY is the only way to bring in a million rows in seconds. Unlogged: after a
-- crash the import is repeated from its file. Every cell is text as it came; nothing here is trusted.
create unlogged table engine.import_rows (
  team_id uuid not null,
  run_id uuid not null,
  row_number bigint not null,
  phone text,
  first_name text,
  last_name text,
  full_name text,
  email text,
  timezone text,
  postal_code text,
  servicetitan_customer_id text,
  reader_problem text,
  constraint import_rows_pk primary key (team_id, run_id, row_number)
);
comment on table engine.import_rows is 'Rows of running imports, as they came. Workers copy into it; a run empties it when it ends.';
comment on column engine.import_rows.phone is 'The cell, or the cells of several phone columns on lines of their own.';
comment on column engine.import_rows.reader_problem is 'Code of what the reader of the file found odd about the row.';
grant insert on engine.import_rows to outbound_worker;

-- sql/30_tables/141_checked_rows.sql
-- Rows of an import after the check: normalised values, and what was wrong.
create unlogged table engine.checked_rows (
  team_id uuid not null,
  run_id uuid not null,
  row_number bigint not null,
  contact_id uuid,
  phone text,
  phone_extension text,
  first_name text,
  last_name text,
  email text,
  timezone text,
  timezones text[],
  regions text[],
  postal_code text,
  servicetitan_customer_id bigint,
  verdict text not null,
  issues jsonb,
  constraint checked_rows_pk primary key (team_id, run_id, row_number),
  constraint checked_rows_verdict_is_known check (verdict in ('accepted', 'rejected', 'duplicate', 'excluded'))
);
comment on table engine.checked_rows is 'Rows of running imports after the check; a run empties it when it ends.';
comment on column engine.checked_rows.contact_id is 'Id that the contact will have if the team does not know its number yet.';
comment on column engine.checked_rows.issues is '[{code, field, value}] in order; null when nothing is wrong.';

-- sql/30_tables/142_member_facts.sql
-- What made a staged row of a refresh match, by its row: the part of a member that no file has.
create unlogged table engine.member_facts (
  team_id uuid not null,
  run_id uuid not null,
  row_number bigint not null,
  servicetitan_job_id bigint,
  servicetitan_job_type_id bigint,
  servicetitan_appointment_id bigint,
  appointment_starts_at timestamptz,
  constraint member_facts_pk primary key (team_id, run_id, row_number)
);
comment on table engine.member_facts is 'ServiceTitan facts of the staged rows of running refreshes; a run empties it when it ends.';

-- sql/30_tables/150_audience_schedules.sql
-- When a list is refreshed. One row a list: whether the list is refreshed by the clock is said here and
-- nowhere else, so that a list and its schedule can't disagree, and one toggle is one update.
create table public.audience_schedules (
  team_id uuid not null,
  list_id uuid not null,
  expression text not null,
  timezone text not null,
  is_enabled boolean not null default true,
  next_run_at timestamptz,
  last_run_at timestamptz,
  last_run_id uuid,
  last_skipped_at timestamptz,
  created_at timestamptz not null default engine.now(),
  updated_at timestamptz not null default engine.now(),
  constraint audience_schedules_pk primary key (team_id, list_id),
  constraint audience_schedules_list_exists
  foreign key (team_id, list_id) references public.audience_lists (team_id, id) on delete cascade,
  constraint audience_schedules_last_run_exists
  foreign key (team_id, last_run_id) references public.audience_runs (team_id, id) on delete set null (last_run_id),
  constraint audience_schedules_expression_is_present check (btrim(expression) <> '' and octet_length(expression) < 1000),
  constraint audience_schedules_enabled_ones_have_a_next_run check (is_enabled = (next_run_at is not null))
);
create index audience_schedules_by_last_run on public.audience_schedules (team_id, last_run_id);
create index audience_schedules_by_next_run on public.audience_schedules (next_run_at) where is_enabled;
comment on table public.audience_schedules is 'Cron expressions by which lists are refreshed, in the zone of each list.';
comment on column public.audience_schedules.expression is 'As it was set, in the dialect of pg_cron.';
comment on column public.audience_schedules.next_run_at is 'Null while the schedule is off.';
comment on column public.audience_schedules.last_run_at is 'When the schedule last queued a run; a run that a person started is not meant.';
comment on column public.audience_schedules.last_skipped_at is 'The last time that came while the list had a run open, so that none was queued.';
alter table public.audience_schedules enable row level security;
create policy audience_schedules_are_seen_by_members on public.audience_schedules for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.audience_schedules to authenticated, service_role;

-- sql/30_tables/150_leads.sql
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

-- sql/30_tables/151_lead_endpoints.sql
-- Addresses to which other systems post leads. The token in the address is all that they need to know, so
-- only its hash is kept.
create table engine.lead_endpoints (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  list_id uuid not null,
  source text not null,
  token_hash bytea not null,
  created_by uuid,
  created_at timestamptz not null default engine.now(),
  revoked_at timestamptz,
  constraint lead_endpoints_pk primary key (team_id, id),
  constraint lead_endpoints_list_exists
  foreign key (team_id, list_id) references public.audience_lists (team_id, id) on delete cascade,
  constraint lead_endpoints_source_is_present check (length(btrim(source)) between 1 and 100),
  constraint lead_endpoints_hash_is_sha_256 check (length(token_hash) = 32)
);
create index lead_endpoints_by_list on engine.lead_endpoints (team_id, list_id);
create index lead_endpoints_by_token on engine.lead_endpoints (token_hash) where revoked_at is null;
comment on table engine.lead_endpoints is 'Addresses to which other systems post leads, with the hash of the token of each.';

-- sql/30_tables/160_servicetitan_feeds.sql
-- How far each export of a team's ServiceTitan account was read. The token and the records that came with
-- it are stored in one transaction, so that nothing is skipped and nothing needs to be read twice.
create table engine.servicetitan_feeds (
  team_id uuid not null,
  feed text not null,
  continue_from text,
  read_at timestamptz not null default engine.now(),
  constraint servicetitan_feeds_pk primary key (team_id, feed),
  constraint servicetitan_feeds_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint servicetitan_feeds_feed_is_known check (
    feed in (
      'customers', 'contacts', 'locations', 'memberships', 'recurring_services', 'service_events'
    )
  )
);
comment on table engine.servicetitan_feeds is 'Export tokens: how far each feed of a team was read.';
comment on column engine.servicetitan_feeds.read_at is 'When the last page was stored.';

-- sql/30_tables/161_servicetitan_customers.sql
-- Customers as ServiceTitan's export has them, narrow: what definitions ask for and what a contact needs.
-- Deleted and merged ones stay, because others point at them.
create table engine.servicetitan_customers (
  team_id uuid not null,
  id bigint not null,
  name text,
  kind text,
  postal_code text,
  balance numeric,
  tag_ids bigint[] not null default '{}',
  do_not_service boolean not null,
  merged_to_id bigint,
  created_at timestamptz,
  is_active boolean not null,
  modified_at timestamptz,
  constraint servicetitan_customers_pk primary key (team_id, id),
  constraint servicetitan_customers_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
create index servicetitan_customers_merged on engine.servicetitan_customers (team_id, merged_to_id) where merged_to_id is not null;
comment on table engine.servicetitan_customers is 'Customers of a teams ServiceTitan account, kept by its export.';

-- sql/30_tables/162_servicetitan_contacts.sql
-- Ways to reach customers, numbers read by the one phone rule when they come.
create table engine.servicetitan_contacts (
  team_id uuid not null,
  id bigint not null,
  customer_id bigint,
  kind text,
  value text,
  phone text,
  do_not_text boolean not null,
  wants_marketing boolean,
  is_active boolean not null,
  modified_at timestamptz,
  constraint servicetitan_contacts_pk primary key (team_id, id),
  constraint servicetitan_contacts_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
create index servicetitan_contacts_by_customer on engine.servicetitan_contacts (team_id, customer_id);
create index servicetitan_contacts_not_to_text on engine.servicetitan_contacts (team_id, phone) where do_not_text;
comment on column engine.servicetitan_contacts.phone is 'E.164; null when the value is no number that may be dialled.';
comment on column engine.servicetitan_contacts.wants_marketing is 'marketingUpdatesEnabled; null when it was never said.';
comment on table engine.servicetitan_contacts is 'Phones and e-mail addresses of customers.';

-- sql/30_tables/163_servicetitan_locations.sql
-- Places that are served.
create table engine.servicetitan_locations (
  team_id uuid not null,
  id bigint not null,
  customer_id bigint,
  postal_code text,
  tag_ids bigint[] not null default '{}',
  merged_to_id bigint,
  is_active boolean not null,
  modified_at timestamptz,
  constraint servicetitan_locations_pk primary key (team_id, id),
  constraint servicetitan_locations_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
create index servicetitan_locations_by_customer on engine.servicetitan_locations (team_id, customer_id);
comment on table engine.servicetitan_locations is 'Locations of customers.';

-- sql/30_tables/164_servicetitan_memberships.sql
-- Memberships, the ended ones included.
create table engine.servicetitan_memberships (
  team_id uuid not null,
  id bigint not null,
  customer_id bigint,
  location_id bigint,
  status text,
  type_id bigint,
  business_unit_id bigint,
  starts_at timestamptz,
  ends_at timestamptz,
  is_active boolean not null,
  modified_at timestamptz,
  constraint servicetitan_memberships_pk primary key (team_id, id),
  constraint servicetitan_memberships_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
create index servicetitan_memberships_by_customer on engine.servicetitan_memberships (team_id, customer_id);
comment on table engine.servicetitan_memberships is 'Memberships of customers.';

-- sql/30_tables/165_servicetitan_recurring_services.sql
-- Work that comes again at a location: the way from an event that falls due to a customer.
create table engine.servicetitan_recurring_services (
  team_id uuid not null,
  id bigint not null,
  membership_id bigint,
  location_id bigint,
  type_id bigint,
  business_unit_id bigint,
  job_type_id bigint,
  is_active boolean not null,
  modified_at timestamptz,
  constraint servicetitan_recurring_services_pk primary key (team_id, id),
  constraint servicetitan_recurring_services_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
comment on table engine.servicetitan_recurring_services is 'Recurring services of locations.';

-- sql/30_tables/166_servicetitan_service_events.sql
-- Visits that fall due. ServiceTitan's list has no filter on the due date and names no customer, so all of
-- them are kept here.
create table engine.servicetitan_service_events (
  team_id uuid not null,
  id bigint not null,
  recurring_service_id bigint,
  membership_id bigint,
  status text,
  due_at timestamptz,
  job_id bigint,
  is_active boolean not null,
  modified_at timestamptz,
  constraint servicetitan_service_events_pk primary key (team_id, id),
  constraint servicetitan_service_events_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
create index servicetitan_service_events_by_due on engine.servicetitan_service_events (team_id, due_at);
comment on table engine.servicetitan_service_events is 'Recurring service events.';

-- sql/30_tables/167_servicetitan_jobs.sql
-- Jobs that a run or a preview asked ServiceTitan for. They are that run's own and go with it: a job that
-- another run saw last week may have been cancelled since.
create table engine.servicetitan_jobs (
  team_id uuid not null,
  subject_id uuid not null,
  id bigint not null,
  customer_id bigint,
  location_id bigint,
  status text,
  business_unit_id bigint,
  job_type_id bigint,
  campaign_id bigint,
  tag_ids bigint[] not null default '{}',
  total numeric,
  created_at timestamptz,
  completed_at timestamptz,
  modified_at timestamptz,
  constraint servicetitan_jobs_pk primary key (team_id, subject_id, id),
  constraint servicetitan_jobs_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
comment on table engine.servicetitan_jobs is 'Jobs found for a running refresh or preview.';
comment on column engine.servicetitan_jobs.subject_id is 'The run or the preview that asked for it.';

-- sql/30_tables/168_servicetitan_appointments.sql
-- Appointments that a run or a preview asked ServiceTitan for; see servicetitan_jobs.
create table engine.servicetitan_appointments (
  team_id uuid not null,
  subject_id uuid not null,
  id bigint not null,
  job_id bigint,
  customer_id bigint,
  status text,
  starts_at timestamptz,
  is_unused boolean not null,
  modified_at timestamptz,
  constraint servicetitan_appointments_pk primary key (team_id, subject_id, id),
  constraint servicetitan_appointments_team_exists foreign key (team_id) references public.teams (id) on delete cascade
);
comment on table engine.servicetitan_appointments is 'Appointments found for a running refresh or preview.';
comment on column engine.servicetitan_appointments.subject_id is 'The run or the preview that asked for it.';

-- sql/30_tables/169_servicetitan_catalogue.sql
-- What people choose from when they write a definition: tags, business units, job types and so on, by the
-- names that they have in ServiceTitan. Cached, and refreshed when somebody asks.
create table engine.servicetitan_catalogue (
  team_id uuid not null,
  kind text not null,
  id text not null,
  name text,
  is_active boolean not null,
  detail jsonb not null default '{}',
  constraint servicetitan_catalogue_pk primary key (team_id, kind, id),
  constraint servicetitan_catalogue_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint servicetitan_catalogue_kind_is_known check (
    kind in (
      'tag_types', 'business_units', 'job_types', 'hold_reasons', 'campaigns', 'membership_types', 'report_categories',
      'reports'
    )
  ),
  constraint servicetitan_catalogue_detail_is_an_object check (jsonb_typeof(detail) = 'object')
);
comment on table engine.servicetitan_catalogue is 'Named things of a team''s ServiceTitan account, cached.';
comment on column engine.servicetitan_catalogue.id is 'As ServiceTitan says it: a number, of report categories a word.';

-- sql/30_tables/170_servicetitan_catalogues.sql
-- When each kind of catalogue was last read, and what went wrong since.
create table engine.servicetitan_catalogues (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  read_at timestamptz,
  failure_code text,
  failure_message text,
  constraint servicetitan_catalogues_pk primary key (team_id),
  constraint servicetitan_catalogues_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint servicetitan_catalogues_failed_ones_say_why check ((failure_code is null) = (failure_message is null))
);
comment on table engine.servicetitan_catalogues is 'The state of a team''s cached catalogue.';
comment on column engine.servicetitan_catalogues.id is 'What tasks that refresh the catalogue are for.';

-- sql/30_tables/171_report_pages.sql
-- Pages of a custom report for a running refresh or preview, as they came: a page may cost a minute, so
-- none is asked for twice, whoever dies in between.
create table engine.report_pages (
  team_id uuid not null,
  subject_id uuid not null,
  page_number integer not null,
  columns text[] not null,
  rows jsonb not null,
  constraint report_pages_pk primary key (team_id, subject_id, page_number),
  constraint report_pages_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint report_pages_number_is_positive check (page_number >= 1),
  constraint report_pages_rows_are_an_array check (jsonb_typeof(rows) = 'array')
);
comment on table engine.report_pages is 'Pages of reports that running refreshes and previews have read.';

-- sql/30_tables/172_audience_previews.sql
-- What a definition would give, worked out by a worker and kept for a while. One row for a definition and
-- its exclusions, so that asking again is asking for the same thing.
create table engine.audience_previews (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  request_hash bytea not null,
  source public.audience_source not null,
  definition jsonb not null,
  exclusions jsonb not null default '{}',
  status public.run_status not null default 'QUEUED',
  started_at timestamptz,
  ended_at timestamptz,
  waits_for text,
  result jsonb,
  failure_code text,
  failure_message text,
  constraint audience_previews_pk primary key (team_id, id),
  constraint audience_previews_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint audience_previews_one_for_a_request unique (team_id, request_hash),
  constraint audience_previews_status_is_possible check (status <> 'PARTIAL'),
  constraint audience_previews_succeeded_ones_have_a_result check ((status = 'SUCCEEDED') = (result is not null)),
  constraint audience_previews_failed_ones_say_why
  check ((status = 'FAILED') = (failure_code is not null) and (failure_code is null) = (failure_message is null)),
  constraint audience_previews_ended_ones_have_a_time check ((status in ('SUCCEEDED', 'FAILED')) = (ended_at is not null))
);
create index audience_previews_by_end on engine.audience_previews (ended_at);
comment on table engine.audience_previews is 'Counts and samples of definitions before they are saved.';
comment on column engine.audience_previews.result is '{count, counts{…}, sample[]}.';

-- sql/30_tables/200_workflows.sql
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
alter table public.workflows enable row level security;
create policy workflows_are_seen_by_members on public.workflows for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.workflows to authenticated, service_role;

-- sql/30_tables/210_workflow_nodes.sql
-- Nodes keep the ids that React Flow gave them, which need not be UUIDs.
create table public.workflow_nodes (
  team_id uuid not null,
  workflow_id uuid not null,
  id text not null,
  type public.node_type not null,
  status public.workflow_status not null default 'DRAFT',
  ordinal integer not null default 0,
  label text,
  position_x double precision not null default 0,
  position_y double precision not null default 0,
  config jsonb not null default '{}',
  assistant_template text,
  constraint workflow_nodes_pk primary key (team_id, workflow_id, id),
  -- The cascade is how a status reaches the nodes: in the statement that changes it, and no other way.
  constraint workflow_nodes_share_the_workflows_status
  foreign key (team_id, status, workflow_id) references public.workflows (team_id, status, id)
  on update cascade on delete cascade,
  constraint workflow_nodes_id_is_present check (length(id) between 1 and 200),
  constraint workflow_nodes_label_is_short check (length(label) <= 200),
  constraint workflow_nodes_config_is_an_object check (jsonb_typeof(config) = 'object')
);
create unique index workflow_nodes_have_one_trigger
on public.workflow_nodes (team_id, workflow_id) where type = 'trigger';
-- Status first: beginning like the primary key, it was taken instead of it while nothing was known of
-- the table, and a whole workflow was read for the end of each edge.
create index workflow_nodes_by_status on public.workflow_nodes (team_id, status, workflow_id);
comment on table public.workflow_nodes is 'Nodes of a workflow, keyed by the editor''s own ids.';
comment on column public.workflow_nodes.config is 'What the node does; the shapes are in docs/workflows.md.';
comment on column public.workflow_nodes.assistant_template is
'What the assistant of a text wrote when the workflow was published; set then and never changed.';
comment on column public.workflow_nodes.ordinal is 'Place in the graph''s list of nodes, so that it comes back in the same order.';
comment on column public.workflow_nodes.status is 'Status of the workflow, cascaded.';
alter table public.workflow_nodes enable row level security;
create policy workflow_nodes_are_seen_by_members on public.workflow_nodes for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.workflow_nodes to authenticated, service_role;

-- sql/30_tables/220_workflow_edges.sql
-- Edges: what happened at the source decides which is taken, lowest priority number first.
create table public.workflow_edges (
  team_id uuid not null,
  workflow_id uuid not null,
  id text not null,
  source text not null,
  target text not null,
  source_handle text,
  status public.workflow_status not null default 'DRAFT',
  ordinal integer not null default 0,
  label text,
  when_outcome text not null,
  phrases text[] not null default '{}',
  delay interval not null default '0 seconds',
  priority integer not null default 1,
  constraint workflow_edges_pk primary key (team_id, workflow_id, id),
  constraint workflow_edges_share_the_workflows_status
  foreign key (team_id, status, workflow_id) references public.workflows (team_id, status, id)
  on update cascade on delete cascade,
  constraint workflow_edges_source_exists
  foreign key (team_id, workflow_id, source) references public.workflow_nodes (team_id, workflow_id, id) on delete cascade,
  constraint workflow_edges_target_exists
  foreign key (team_id, workflow_id, target) references public.workflow_nodes (team_id, workflow_id, id) on delete cascade,
  -- Deferrable, so that a save may swap the rules of two edges in one statement.
  constraint workflow_edges_one_per_pair_and_rule
  unique (team_id, workflow_id, source, target, when_outcome) deferrable initially immediate,
  constraint workflow_edges_id_is_present check (length(id) between 1 and 200),
  constraint workflow_edges_handle_is_short check (length(source_handle) <= 200),
  constraint workflow_edges_label_is_short check (length(label) <= 200),
  constraint workflow_edges_do_not_loop check (source <> target),
  constraint workflow_edges_rule_is_known check (when_outcome in (
    'any', 'booked', 'not_booked', 'answered', 'no_answer', 'voicemail', 'busy', 'failed',
    'replied', 'no_reply', 'reply_matches', 'opted_in', 'undeliverable'
  )),
  constraint workflow_edges_delay_is_not_negative check (delay >= interval '0'),
  constraint workflow_edges_priority_is_in_range check (priority between 0 and 10000),
  constraint workflow_edges_phrases_go_with_reply_matches
  check ((when_outcome = 'reply_matches') = (cardinality(phrases) > 0))
);
create index workflow_edges_by_target on public.workflow_edges (team_id, workflow_id, target);
create index workflow_edges_by_status on public.workflow_edges (team_id, status, workflow_id);
comment on table public.workflow_edges is 'Ways from node to node: a rule on what happened, a delay, a priority.';
comment on column public.workflow_edges.priority is 'Lowest number is tried first.';
comment on column public.workflow_edges.ordinal is 'Place in the graph''s list of edges, so that it comes back in the same order.';
comment on column public.workflow_edges.status is 'Status of the workflow, cascaded.';
alter table public.workflow_edges enable row level security;
create policy workflow_edges_are_seen_by_members on public.workflow_edges for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.workflow_edges to authenticated, service_role;

-- sql/30_tables/230_workflow_revisions.sql
-- The last graphs of each draft, so that whoever saves over somebody else's work is told what that was.
-- Published and archived workflows have none: they have no conflicts.
create table engine.workflow_revisions (
  team_id uuid not null,
  workflow_id uuid not null,
  revision integer not null,
  graph jsonb not null,
  constraint workflow_revisions_pk primary key (team_id, workflow_id, revision),
  constraint workflow_revisions_workflow_exists
  foreign key (team_id, workflow_id) references public.workflows (team_id, id) on delete cascade
);
comment on table engine.workflow_revisions is
'The graphs {nodes, edges} of a draft''s last 50 revisions, the current one among them.';

-- sql/30_tables/300_campaigns.sql
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
  constraint campaigns_ended_have_a_time check ((status in ('COMPLETED', 'CANCELLED')) = (ended_at is not null))
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
comment on column public.campaigns.priority is 'Lowest number goes first when campaigns compete.';
comment on column public.campaigns.max_lateness is 'A job that is later than this is skipped with a reason, never sent stale.';
comment on column public.campaigns.retry_budget is 'Retries of every kind that one enrollment may use in all.';
alter table public.campaigns enable row level security;
create policy campaigns_are_seen_by_members on public.campaigns for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.campaigns to authenticated, service_role;

-- sql/30_tables/400_suppressions.sql
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
  check (reason in ('opted_out', 'do_not_contact', 'invalid', 'litigator', 'do_not_text'))
);
comment on table public.suppressions is 'Numbers that must not be reached on a channel. A row here stops everything.';
alter table public.suppressions enable row level security;
create policy suppressions_are_seen_by_members on public.suppressions for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.suppressions to authenticated, service_role;

-- sql/30_tables/410_consent_events.sql
-- The append-only ledger of consent: what was said, where, when.
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
  constraint consent_events_pk primary key (team_id, id),
  constraint consent_events_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint consent_events_phone_is_e164 check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  constraint consent_events_action_is_known check (action in ('opt_out', 'opt_in'))
);
create index consent_events_by_phone on public.consent_events (team_id, phone, recorded_at);
comment on table public.consent_events is 'Append-only ledger of opt-outs and opt-ins, with source, words and time.';
alter table public.consent_events enable row level security;
create policy consent_events_are_seen_by_members on public.consent_events for select to authenticated, service_role
using (team_id = any((select engine.caller_team_ids())::uuid[]));
grant select on public.consent_events to authenticated, service_role;

-- sql/30_tables/500_enrollments.sql
-- One contact's journey through one campaign.
create table engine.enrollments (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  campaign_id uuid not null,
  contact_id uuid not null,
  phone text not null,
  status public.enrollment_status not null default 'ACTIVE',
  reason_code text,
  booked_at timestamptz,
  retries_left integer not null,
  enrolled_at timestamptz not null default engine.now(),
  ended_at timestamptz,
  constraint enrollments_pk primary key (team_id, id),
  constraint enrollments_once_per_campaign unique (team_id, campaign_id, contact_id),
  constraint enrollments_campaign_exists
  foreign key (team_id, campaign_id) references public.campaigns (team_id, id),
  constraint enrollments_contact_exists
  foreign key (team_id, contact_id) references public.contacts (team_id, id),
  constraint enrollments_active_until_ended check ((status = 'ACTIVE') = (ended_at is null)),
  constraint enrollments_end_with_a_reason check (status = 'ACTIVE' or reason_code is not null),
  constraint enrollments_booked_know_when check (status <> 'BOOKED' or booked_at is not null),
  constraint enrollments_retries_left_is_not_negative check (retries_left >= 0)
);
create index enrollments_by_contact on engine.enrollments (team_id, contact_id);
create index enrollments_active_by_phone on engine.enrollments (team_id, phone) where status = 'ACTIVE';
create index enrollments_active_by_campaign on engine.enrollments (team_id, campaign_id) where status = 'ACTIVE';
comment on table engine.enrollments is 'One contact''s journey through one campaign.';
comment on column engine.enrollments.retries_left is 'Budget that retries of every kind share.';
comment on column engine.enrollments.phone is 'The number at enrollment: what a stop or a suppression is matched against.';

-- sql/30_tables/510_jobs.sql
-- One unit of provider work. The states are those of the design's state machine; the CHECKs make an
-- illegal row impossible to store, and a trigger makes an illegal step impossible to take.
create table engine.jobs (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  channel public.contact_channel not null,
  campaign_id uuid not null,
  enrollment_id uuid not null,
  workflow_id uuid not null,
  node_id text not null,
  visit integer not null default 1,
  contact_id uuid not null,
  phone text not null,
  integration_id uuid not null,
  status public.job_status not null default 'READY',
  priority smallint not null default 100,
  run_at timestamptz not null,
  due_at timestamptz not null,
  lease_owner text,
  lease_expires_at timestamptz,
  attempt_count integer not null default 0,
  provider_id text,
  dispatched_at timestamptz,
  check_at timestamptz,
  reply_deadline timestamptz,
  outcome public.job_outcome,
  reason_code text,
  dedupe_hash bytea not null,
  created_at timestamptz not null default engine.now(),
  finished_at timestamptz,
  constraint jobs_pk primary key (team_id, id),
  constraint jobs_are_not_duplicates unique (team_id, dedupe_hash),
  constraint jobs_enrollment_exists
  foreign key (team_id, enrollment_id) references engine.enrollments (team_id, id),
  constraint jobs_node_exists
  foreign key (team_id, workflow_id, node_id) references public.workflow_nodes (team_id, workflow_id, id),
  constraint jobs_integration_exists
  foreign key (team_id, integration_id) references public.integrations (team_id, id),
  constraint jobs_visit_counts_from_one check (visit >= 1),
  constraint jobs_run_at_is_whole_seconds check (run_at = date_trunc('second', run_at)),
  constraint jobs_claimed_have_a_lease
  check ((status = 'CLAIMED') = (lease_owner is not null and lease_expires_at is not null)),
  constraint jobs_dispatched_know_the_provider_id
  check (status <> 'DISPATCHED' or (provider_id is not null and dispatched_at is not null)),
  constraint jobs_in_flight_will_be_checked
  check ((status in ('DISPATCHED', 'AMBIGUOUS')) = (check_at is not null)),
  constraint jobs_finished_have_a_time
  check ((status in ('DONE', 'FAILED', 'CANCELLED')) = (finished_at is not null)),
  constraint jobs_finished_say_why
  check (status not in ('DONE', 'FAILED', 'CANCELLED') or outcome is not null or reason_code is not null),
  constraint jobs_done_have_an_outcome check (status <> 'DONE' or outcome is not null)
);
create unique index jobs_one_open_per_enrollment on engine.jobs (team_id, enrollment_id)
where status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS');
create index jobs_by_enrollment on engine.jobs (team_id, enrollment_id);
create index jobs_by_node on engine.jobs (team_id, workflow_id, node_id);
create index jobs_by_id on engine.jobs (id);
create index jobs_to_claim on engine.jobs (campaign_id, channel, priority, run_at) where status = 'READY';
create index jobs_leased on engine.jobs (lease_expires_at) where status = 'CLAIMED';
create index jobs_to_check on engine.jobs (check_at) where status in ('DISPATCHED', 'AMBIGUOUS');
create index jobs_awaiting_reply on engine.jobs (reply_deadline) where status = 'DISPATCHED';
create index jobs_in_flight on engine.jobs (team_id, integration_id)
where status in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS');
create index jobs_by_phone on engine.jobs (team_id, phone);
create index jobs_next_run on engine.jobs (run_at) where status = 'READY';
comment on table engine.jobs is 'Units of provider work: a call or a text to one contact at one node.';
comment on column engine.jobs.run_at is 'Not before this moment; whole seconds, so that counters can be kept by due time.';
comment on column engine.jobs.due_at is
'When it was to run: moved by closed hours, not by back-off or a pause. max_lateness is measured from here.';
comment on column engine.jobs.check_at is 'When the provider is asked what became of it, if no event said so before.';
comment on column engine.jobs.reply_deadline is 'End of the reply window of a text that waits for one.';
comment on column engine.jobs.dedupe_hash is 'SHA-256 over enrollment, node and visit.';

-- sql/30_tables/520_attempts.sql
-- The dispatch ledger: written and committed before a request leaves, closed when its fate is known.
create table engine.attempts (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  job_id uuid not null,
  attempt_number integer not null,
  provider public.provider not null,
  status public.attempt_status not null default 'OPEN',
  worker text not null,
  request jsonb not null,
  begun_at timestamptz not null default engine.now(),
  provider_id text,
  code text,
  message text,
  resolved_at timestamptz,
  constraint attempts_pk primary key (team_id, id),
  constraint attempts_job_exists foreign key (team_id, job_id) references engine.jobs (team_id, id),
  constraint attempts_are_numbered unique (team_id, job_id, attempt_number),
  constraint attempts_of_one_provider_message_are_one unique (team_id, provider, provider_id),
  constraint attempts_accepted_know_the_provider_id check (status <> 'ACCEPTED' or provider_id is not null),
  constraint attempts_open_until_resolved check ((status in ('OPEN', 'AMBIGUOUS')) = (resolved_at is null))
);
-- A request that may have reached the provider, or did, leaves no room for another of the same job.
create unique index attempts_one_live_per_job on engine.attempts (team_id, job_id)
where status in ('OPEN', 'AMBIGUOUS', 'ACCEPTED');
create index attempts_by_id on engine.attempts (id);
create index attempts_by_provider_id on engine.attempts (provider, provider_id) where provider_id is not null;
comment on table engine.attempts is 'One request to a provider for a job, committed before the request is made.';
comment on column engine.attempts.request is 'What is asked of the provider, without any secret; also what a lookup compares with.';

-- sql/30_tables/530_events.sql
-- The inbox: what providers told, once each. An event that comes before its attempt is known waits.
create table engine.events (
  provider public.provider not null,
  event_key text not null,
  team_id uuid,
  attempt_id uuid,
  provider_id text,
  secret_name text,
  type text not null,
  payload jsonb not null,
  occurred_at timestamptz,
  received_at timestamptz not null default engine.now(),
  applied_at timestamptz,
  result text not null default 'waiting',
  constraint events_pk primary key (provider, event_key),
  constraint events_result_is_known check (result in ('waiting', 'applied', 'ignored')),
  constraint events_waiting_are_not_applied check ((result = 'waiting') = (applied_at is null))
);
create index events_waiting on engine.events (provider, provider_id) where result = 'waiting';
create index events_by_attempt on engine.events (team_id, attempt_id);
comment on table engine.events is 'Inbox of provider events, applied once each; unknown ones wait for their attempt.';
comment on column engine.events.secret_name is
'Name of the secret that the sender proved to know; null for what the engine asked for itself. It vouches only for
accounts that have that secret.';
comment on column engine.events.event_key is 'Identity of the event at its provider: what repeated deliveries share.';

-- sql/30_tables/540_counters.sql
-- Counts kept by the transactions that change what is counted. Every backend writes rows of its own
-- (shard is its process id), so writers never wait for each other; a reader adds the shards up, and
-- the tick folds finished shards into shard 0.
-- A READY job is counted under its due time: waiting turns into queued as time passes, without a write.
create table engine.counters (
  team_id uuid not null,
  campaign_id uuid not null,
  node_id text not null,
  state text not null,
  outcome text not null,
  due_at timestamptz not null,
  shard integer not null,
  amount bigint not null,
  constraint counters_pk primary key (team_id, campaign_id, node_id, state, outcome, due_at, shard)
);
comment on table engine.counters is
'Enrollments (node_id empty) and jobs by state and outcome; READY jobs also by due time. Sum over shards.';
comment on column engine.counters.due_at is 'run_at of READY jobs; -infinity for everything else.';
comment on column engine.counters.shard is 'Process id of the backend that counted, or 0 for folded counts.';

-- sql/30_tables/550_pacing.sql
-- How much of each batch slot of a node is dealt out. Due times are spread when jobs are made, so that
-- nothing has to sleep later.
create table engine.pacing (
  team_id uuid not null,
  campaign_id uuid not null,
  node_id text not null,
  slot_at timestamptz not null,
  used integer not null,
  constraint pacing_pk primary key (team_id, campaign_id, node_id, slot_at),
  constraint pacing_campaign_exists
  foreign key (team_id, campaign_id) references public.campaigns (team_id, id) on delete cascade,
  constraint pacing_used_is_positive check (used > 0)
);
create index pacing_by_slot on engine.pacing (slot_at);
comment on table engine.pacing is 'Jobs dealt into each batch slot of a campaign''s node; old slots are removed by the tick.';

-- sql/30_tables/560_tasks.sql
-- What workers do for ServiceTitan, apart from calls and texts: nobody is reached by a task, so it needs
-- no gate and no ledger, but it is leased, resumed and never lost as a job is.
create table engine.tasks (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  kind engine.task_kind not null,
  subject_id uuid not null,
  integration_id uuid not null,
  status engine.task_status not null default 'READY',
  run_at timestamptz not null default engine.now(),
  lease_owner text,
  lease_expires_at timestamptz,
  attempt_count integer not null default 0,
  progress jsonb not null default '{}',
  failure_code text,
  failure_message text,
  created_at timestamptz not null default engine.now(),
  finished_at timestamptz,
  constraint tasks_pk primary key (team_id, id),
  constraint tasks_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint tasks_integration_exists
  foreign key (team_id, integration_id) references public.integrations (team_id, id) on delete cascade,
  constraint tasks_progress_is_an_object check (jsonb_typeof(progress) = 'object'),
  constraint tasks_claimed_have_a_lease
  check ((status = 'CLAIMED') = (lease_owner is not null and lease_expires_at is not null)),
  constraint tasks_finished_have_a_time check ((status in ('DONE', 'FAILED')) = (finished_at is not null)),
  constraint tasks_failed_say_why check (status <> 'FAILED' or (failure_code is not null and failure_message is not null))
);
create unique index tasks_one_open_for_a_subject on engine.tasks (team_id, kind, subject_id)
where status in ('READY', 'CLAIMED');
create index tasks_by_id on engine.tasks (id);
create index tasks_by_integration on engine.tasks (team_id, integration_id);
create index tasks_to_claim on engine.tasks (kind, run_at) where status = 'READY';
create index tasks_leased on engine.tasks (lease_expires_at) where status = 'CLAIMED';
create index tasks_finished on engine.tasks (finished_at) where status in ('DONE', 'FAILED');
comment on table engine.tasks is 'Work for ServiceTitan: refreshes, previews, holds, catalogues. Leased, resumed, never lost.';
comment on column engine.tasks.subject_id is 'What it is for: the run, the preview, the outreach item, the catalogue.';
comment on column engine.tasks.progress is 'Where to go on after a crash; the handler of the kind knows the shape.';
comment on column engine.tasks.attempt_count is 'How often it was begun; waiting that a provider asked for does not count.';

-- sql/30_tables/570_rate_limits.sql
-- How much of a provider's rate is used up: one row for an account and kind of request, shared by all
-- workers. Unlogged: after a crash a second has passed anyway.
create unlogged table engine.rate_limits (
  key text not null,
  free_at timestamptz not null,
  constraint rate_limits_pk primary key (key),
  constraint rate_limits_key_is_short check (length(key) between 1 and 300)
);
comment on table engine.rate_limits is 'When the next request of an account may go out, for all workers together.';
comment on column engine.rate_limits.free_at is
'Real time, not campaign time: providers count the seconds that pass for them.';

-- sql/40_functions/access/require_role.sql
-- Refuses a caller whose role in a team is too low. The roles are declared least first, so that
-- comparing them compares what they may do.
create or replace function engine.require_role(p_team_id uuid, p_needs public.team_role)
returns void
language plpgsql
stable
security definer -- reads the caller's membership
set search_path = ''
as $$
declare
  v_role public.team_role;
begin
  if engine.caller_is_service() then
    return;
  end if;
  select role into v_role
  from public.team_members
  where team_id = p_team_id and user_id = (select auth.uid());
  if v_role is null then
    perform engine.refuse_not_found('team', p_team_id);
  elsif v_role < p_needs then
    perform engine.refuse(
      'OB008',
      format('This needs the role %s; yours is %s.', p_needs, v_role),
      jsonb_build_object('role', v_role, 'needs', p_needs),
      'Ask an admin of the team.'
    );
  end if;
end
$$;
comment on function engine.require_role(uuid, public.team_role) is
'Raises OB004 when the caller is not in the team and OB008 when the role is too low.';
revoke all on function engine.require_role(uuid, public.team_role) from public;

-- sql/40_functions/access/require_team.sql
-- The team that a call is about. Most people belong to one, so naming it is optional for them.
create or replace function engine.require_team(p_team_id uuid, p_needs public.team_role)
returns uuid
language plpgsql
stable
security definer -- reads the caller's memberships
set search_path = ''
as $$
declare
  v_team_ids uuid[] := engine.caller_team_ids();
  v_team_id uuid := p_team_id;
begin
  if v_team_id is null and cardinality(v_team_ids) = 1 then
    v_team_id := v_team_ids[1];
  end if;
  if v_team_id is null and cardinality(v_team_ids) > 1 then
    perform engine.refuse_issues(
      jsonb_build_array(engine.issue('team_required', 'p_team_id', 'Say which team this is for.')),
      'The request'
    );
  end if;
  if v_team_id is null or not (v_team_id = any(v_team_ids)) then
    perform engine.refuse_not_found('team', p_team_id);
  end if;
  perform engine.require_role(v_team_id, p_needs);
  return v_team_id;
end
$$;
comment on function engine.require_team(uuid, public.team_role) is
'Resolves the team of a call and checks the caller''s role in it: OB001 when it must be named, OB004, OB008.';
revoke all on function engine.require_team(uuid, public.team_role) from public;

-- sql/40_functions/analytics/get_instant_metrics.sql
-- What happens now, read from the counters: exact at the moment of the answer, whatever the size. Every
-- enrolled contact is in exactly one of the ended states or in active, and every active one has one
-- open job, which is waiting, queued or in progress.
create or replace function public.get_instant_metrics(p_campaign_ids uuid[])
returns table (
  campaign_id uuid, status public.campaign_status, as_of timestamptz, enrolled bigint, active bigint,
  waiting bigint, queued bigint, in_progress bigint, completed bigint, booked bigint, opted_out bigint,
  suppressed bigint, failed bigint, cancelled bigint
)
language plpgsql
stable
security definer -- reads the engine's counters, for the caller's campaigns only
set search_path = ''
as $$
#variable_conflict use_column
begin
  if cardinality(p_campaign_ids) > 1000 then
    perform engine.refuse(
      'OB009', 'Ask for at most 1000 campaigns at once.',
      jsonb_build_object('limit', 1000, 'actual', cardinality(p_campaign_ids)), 'Ask in several calls.'
    );
  end if;
  return query
  select
    c.id, c.status, engine.now(), n.enrolled, n.active, n.waiting, n.queued, n.in_progress, n.completed,
    n.booked, n.opted_out, n.suppressed, n.failed, n.cancelled
  from public.campaigns as c
  cross join lateral (
    select
      coalesce(sum(k.amount) filter (where k.node_id = ''), 0)::bigint as enrolled,
      coalesce(sum(k.amount) filter (where k.node_id = '' and k.state = 'ACTIVE'), 0)::bigint as active,
      coalesce(sum(k.amount) filter (
        where k.node_id <> '' and k.state = 'READY' and k.due_at > engine.now()
      ), 0)::bigint as waiting,
      coalesce(sum(k.amount) filter (
        where k.node_id <> '' and k.state = 'READY' and k.due_at <= engine.now()
      ), 0)::bigint as queued,
      coalesce(sum(k.amount) filter (
        where k.node_id <> '' and k.state in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
      ), 0)::bigint as in_progress,
      coalesce(sum(k.amount) filter (where k.node_id = '' and k.state = 'COMPLETED'), 0)::bigint as completed,
      coalesce(sum(k.amount) filter (where k.node_id = '' and k.state = 'BOOKED'), 0)::bigint as booked,
      coalesce(sum(k.amount) filter (where k.node_id = '' and k.state = 'OPTED_OUT'), 0)::bigint as opted_out,
      coalesce(sum(k.amount) filter (where k.node_id = '' and k.state = 'SUPPRESSED'), 0)::bigint as suppressed,
      coalesce(sum(k.amount) filter (where k.node_id = '' and k.state = 'FAILED'), 0)::bigint as failed,
      coalesce(sum(k.amount) filter (where k.node_id = '' and k.state = 'CANCELLED'), 0)::bigint as cancelled
    from engine.counters as k
    where k.team_id = c.team_id and k.campaign_id = c.id
  ) as n
  where c.team_id = any(engine.caller_team_ids()) and c.id = any(p_campaign_ids)
  order by c.id;
end
$$;
comment on function public.get_instant_metrics(uuid[]) is
'One row for each campaign: enrolled = active + completed + booked + opted_out + suppressed + failed + cancelled, as of as_of.';
revoke all on function public.get_instant_metrics(uuid[]) from public;
grant execute on function public.get_instant_metrics(uuid[]) to authenticated, service_role;

-- sql/40_functions/analytics/get_node_metrics.sql
-- What happens at each node but the trigger, read from the counters.
create or replace function public.get_node_metrics(p_campaign_id uuid)
returns table (
  node_id text, type public.node_type, label text, as_of timestamptz, scheduled bigint, waiting bigint,
  queued bigint, in_progress bigint, completed bigint, failed bigint, cancelled bigint, outcomes jsonb
)
language plpgsql
stable
security definer -- reads the engine's counters, for the caller's campaign only
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_campaign public.campaigns;
begin
  select * into v_campaign
  from public.campaigns
  where team_id = any(engine.caller_team_ids()) and id = p_campaign_id;
  if not found then
    perform engine.refuse_not_found('campaign', p_campaign_id);
  end if;
  return query
  select
    n.id, n.type, n.label, engine.now(), coalesce(sum(k.amount), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'READY' and k.due_at > engine.now()), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'READY' and k.due_at <= engine.now()), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS')), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'DONE'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'FAILED'), 0)::bigint,
    coalesce(sum(k.amount) filter (where k.state = 'CANCELLED'), 0)::bigint,
    coalesce(
      jsonb_object_agg(k.outcome, k.by_outcome) filter (where k.outcome <> '' and k.by_outcome <> 0), '{}'
    )
  from public.workflow_nodes as n
  left join (
    select
      c.node_id, c.state, c.outcome, c.due_at, sum(c.amount) as amount,
      sum(sum(c.amount)) over (partition by c.node_id, c.outcome) as by_outcome
    from engine.counters as c
    where c.team_id = v_campaign.team_id and c.campaign_id = v_campaign.id and c.node_id <> ''
    group by c.node_id, c.state, c.outcome, c.due_at
  ) as k on n.id = k.node_id
  where n.team_id = v_campaign.team_id and n.workflow_id = v_campaign.workflow_id and n.type <> 'trigger'
  group by n.id, n.type, n.label, n.position_y, n.position_x
  order by n.position_y, n.position_x, n.id;
end
$$;
comment on function public.get_node_metrics(uuid) is
'One row for each node but the trigger: scheduled = waiting + queued + in_progress + completed + failed + cancelled; outcomes as {outcome: jobs}.';
revoke all on function public.get_node_metrics(uuid) from public;
grant execute on function public.get_node_metrics(uuid) to authenticated, service_role;

-- sql/40_functions/audiences/add_campaigns_to_counts.sql
-- Lists are locked in order of their ids, so that statements that change several cannot deadlock.
create or replace function engine.add_campaigns_to_counts(p_changes engine.member_change[])
returns void
language plpgsql
security definer -- campaigns come and go by functions with other rights, and by cascade
set search_path = ''
as $$
begin
  perform from public.audience_lists as l
  inner join unnest(p_changes) as c on l.team_id = c.team_id and l.id = c.list_id
  order by l.team_id, l.id
  for no key update of l;
  update public.audience_lists as l
  set campaign_count = l.campaign_count + c.change
  from unnest(p_changes) as c
  where l.team_id = c.team_id and l.id = c.list_id;
end
$$;
comment on function engine.add_campaigns_to_counts(engine.member_change[]) is 'Adds to the campaign counts of lists.';
revoke all on function engine.add_campaigns_to_counts(engine.member_change[]) from public;

-- sql/40_functions/audiences/add_members_to_counts.sql
-- Lists are locked in order of their ids, so that statements that change several cannot deadlock.
create or replace function engine.add_members_to_counts(p_changes engine.member_change[])
returns void
language plpgsql
security definer -- members come and go by functions with other rights, and by cascade
set search_path = ''
as $$
begin
  perform from public.audience_lists as l
  inner join unnest(p_changes) as c on l.team_id = c.team_id and l.id = c.list_id
  order by l.team_id, l.id
  for no key update of l;
  update public.audience_lists as l
  set member_count = l.member_count + c.change
  from unnest(p_changes) as c
  where l.team_id = c.team_id and l.id = c.list_id;
end
$$;
comment on function engine.add_members_to_counts(engine.member_change[]) is 'Adds to the member counts of lists.';
revoke all on function engine.add_members_to_counts(engine.member_change[]) from public;

-- sql/40_functions/audiences/archive_audience_list.sql
-- The list rests: nothing fills it, nothing is launched over it. The campaigns are looked at under the
-- lock on the list, which every launch takes too: one of the two comes first, and the other sees it. A
-- trigger turns its schedule off.
create or replace function public.archive_audience_list(p_list_id uuid, p_dry_run boolean default false)
returns jsonb
language plpgsql
security definer -- writes public.audience_lists, which no role may write
set search_path = ''
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_list public.audience_lists;
  v_message text;
begin
  if v_dry_run then
    v_list := engine.require_list(p_list_id, 'operator'); -- which asks engine.caller_team_ids
  else
    v_list := engine.lock_list(p_list_id);
  end if;
  perform engine.refuse_list_step(v_list, 'ARCHIVED');
  perform engine.refuse_used_list(v_list);
  perform engine.refuse_running_list(v_list);
  v_message := engine.list_archive_message(
    v_list,
    exists (
      select from public.audience_schedules as s where s.team_id = v_list.team_id and s.list_id = v_list.id and s.is_enabled
    ),
    exists (
      select from public.audience_runs as r
      where r.team_id = v_list.team_id and r.list_id = v_list.id and r.status = 'QUEUED'
    ),
    v_dry_run
  );
  if not v_dry_run then
    perform engine.drop_queued_run(v_list);
    update public.audience_lists as l
    set status = 'ARCHIVED', updated_at = engine.now()
    where l.team_id = v_list.team_id and l.id = v_list.id
    returning l.* into v_list;
  end if;
  return engine.describe_list(v_list) || jsonb_build_object(
    'from', 'ACTIVE', 'to', 'ARCHIVED', 'dry_run', v_dry_run, 'message', v_message
  );
end
$$;
comment on function public.archive_audience_list(uuid, boolean) is
'Archives a list and returns it like get_audience_list, with {from, to, dry_run, message}: OB002 when it is archived, OB005 '
'with used_by[{entity, id, name, status}] while campaigns or a run use it. With p_dry_run nothing changes.';
revoke all on function public.archive_audience_list(uuid, boolean) from public;
grant execute on function public.archive_audience_list(uuid, boolean) to authenticated, service_role;

-- sql/40_functions/audiences/check_rows.sql
-- The check of a batch of rows: numbers to E.164, zones, and every problem by row and field. It reads
-- no row of the team and writes nothing, so that a preview and an import say the same.
create or replace function engine.check_rows(
  p_rows engine.import_rows[], p_country text, p_allow_fictitious boolean
)
returns setof engine.checked_rows
language sql
stable
set search_path = ''
as $$
  with tidy as materialized (
    select t.* from engine.tidy_rows(p_rows) as t
  ),
  parsed as materialized (
    select t.*, p.phone as e164, p.phone_extension, p.problem, p.others
    from engine.parse_phones(
      (select array_agg(t.phone order by t.ordinal) from tidy as t), p_country, p_allow_fictitious
    ) as p
    inner join tidy as t on p.ordinal = t.ordinal
  ),
  placed as (
    select
      p.*,
      z.stated_timezone,
      z.timezones,
      z.regions,
      case
        when p.email is null then null
        when translate(p.email, E' <>(),;/|":\t\n', '') = p.email and p.email like '_%@_%._%'
          and p.email not like '%@%@%' then p.email
        else substring(p.email from '[^\s<>(),;/|":@]+@[^\s<>(),;/|":@]+\.[^\s<>(),;/|":@]+')
      end as address,
      case when p.customer_id ~ '^[0-9]{1,18}$' then p.customer_id::bigint end as customer_number
    from engine.resolve_zones(
      (select array_agg(p.e164 order by p.ordinal) from parsed as p),
      (select array_agg(p.timezone order by p.ordinal) from parsed as p),
      (select array_agg(p.postal_code order by p.ordinal) from parsed as p)
    ) as z
    -- a batch has no gaps, so the place in these arrays is the ordinal
    inner join parsed as p on z.ordinal = p.ordinal
  )
  select
    null::uuid,
    null::uuid,
    p.row_number,
    null::uuid,
    p.e164,
    p.phone_extension,
    left(p.first_name, 200),
    left(p.last_name, 200),
    case when length(p.address) <= 200 then p.address end,
    p.stated_timezone,
    p.timezones,
    p.regions,
    left(p.postal_code, 20),
    p.customer_number,
    case when p.problem is null then 'accepted' else 'rejected' end,
    case
      when p.problem is not null or p.others <> '{}' or p.reader_problem is not null
        or (p.email is not null and (p.address is null or length(p.address) > 200))
        or (p.timezone is not null and p.stated_timezone is null)
        or (p.customer_id is not null and p.customer_number is null)
        or greatest(length(p.first_name), length(p.last_name)) > 200
        then engine.row_issues(
          p.problem, p.phone, p.others, p.reader_problem,
          case when p.address is null or length(p.address) > 200 then p.email end,
          case when p.stated_timezone is null then p.timezone end,
          case when p.customer_number is null then p.customer_id end,
          p.first_name, p.last_name
        )
    end
  from placed as p
$$;
comment on function engine.check_rows(engine.import_rows[], text, boolean) is
'Checks staged rows: normalised values, accepted or rejected, and the issues of each.';
revoke all on function engine.check_rows(engine.import_rows[], text, boolean) from public;

-- sql/40_functions/audiences/check_run.sql
-- Checks all staged rows of a run. Batch by batch, so that memory stays flat whatever the file's size:
-- that is the reason for the loop.
create or replace function engine.check_run(p_team_id uuid, p_run_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
declare
  c_batch constant integer := 10000;
  v_country text;
  v_is_sandbox boolean;
  v_from bigint;
begin
  select t.country, t.is_sandbox into v_country, v_is_sandbox from public.teams as t where t.id = p_team_id;
  loop
    select min(r.row_number) into v_from
    from engine.import_rows as r
    where r.team_id = p_team_id and r.run_id = p_run_id and r.row_number >= coalesce(v_from, 0);
    exit when v_from is null;
    insert into engine.checked_rows
    select
      p_team_id, p_run_id, c.row_number, i.id, c.phone, c.phone_extension, c.first_name, c.last_name, c.email,
      c.timezone, c.timezones, c.regions, c.postal_code, c.servicetitan_customer_id, c.verdict, c.issues
    from (
      select r.*, row_number() over () as place
      from engine.check_rows(
        (
          select array_agg(r order by r.row_number) from engine.import_rows as r
          where
            r.team_id = p_team_id and r.run_id = p_run_id
            and r.row_number >= v_from and r.row_number < v_from + c_batch
        ),
        v_country, v_is_sandbox
      ) as r
    ) as c
    inner join engine.new_ids(c_batch) as i on c.place = i.ordinal;
    v_from := v_from + c_batch;
  end loop;
  -- the plans of what follows depend on how many rows there are, which nothing else tells them in time
  analyze engine.checked_rows;
end
$$;
comment on function engine.check_run(uuid, uuid) is 'Checks the staged rows of a run into engine.checked_rows.';
revoke all on function engine.check_run(uuid, uuid) from public;

-- sql/40_functions/audiences/column_label.sql
-- What a person calls the column of a field: its header, or the field itself where a source has none.
create or replace function engine.column_label(p_mapping jsonb, p_field text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select coalesce(
    (
      select string_agg(n.name, ' / ' order by n.place)
      from jsonb_array_elements_text(p_mapping -> p_field) with ordinality as n (name, place)
    ),
    case when p_field in ('first_name', 'last_name') and p_mapping ? 'full_name' then p_mapping -> 'full_name' ->> 0 end,
    p_field,
    ''
  )
$$;
comment on function engine.column_label(jsonb, text) is 'Header of the column that a mapping reads a field from.';
revoke all on function engine.column_label(jsonb, text) from public;

-- sql/40_functions/audiences/count_campaigns.sql
-- audience_lists.campaign_count is exact at every commit, as member_count is; see count_members.sql. A
-- campaign that has not started may change its list. Most updates change no list, and cost no lock.
create or replace function engine.count_campaigns()
returns trigger
language plpgsql
security definer -- campaigns are written by functions of other owners' rights
set search_path = ''
as $$
declare
  v_changes engine.member_change[];
begin
  if tg_op = 'INSERT' then
    select array_agg((r.team_id, r.list_id, r.campaigns)::engine.member_change) into v_changes
    from (select n.team_id, n.list_id, count(*) as campaigns from new_rows as n group by n.team_id, n.list_id) as r;
  elsif tg_op = 'DELETE' then
    select array_agg((r.team_id, r.list_id, -r.campaigns)::engine.member_change) into v_changes
    from (select o.team_id, o.list_id, count(*) as campaigns from old_rows as o group by o.team_id, o.list_id) as r;
  else
    select array_agg((r.team_id, r.list_id, r.change)::engine.member_change) into v_changes
    from (
      select c.team_id, c.list_id, sum(c.change)::bigint as change
      from (
        select n.team_id, n.list_id, 1 as change from new_rows as n
        union all
        select o.team_id, o.list_id, -1 from old_rows as o
      ) as c
      group by c.team_id, c.list_id
      having sum(c.change) <> 0
    ) as r;
  end if;
  if v_changes is not null then
    perform engine.add_campaigns_to_counts(v_changes);
  end if;
  return null;
end
$$;
comment on function engine.count_campaigns() is 'Keeps audience_lists.campaign_count equal to the number of campaigns.';
revoke all on function engine.count_campaigns() from public;

-- sql/40_functions/audiences/count_members.sql
-- audience_lists.member_count is exact at every commit: whatever changes members changes it in the same
-- transaction, one update for a statement, in order of the lists' ids.
create or replace function engine.count_members()
returns trigger
language plpgsql
security definer -- members are written by functions of other owners' rights
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform engine.add_members_to_counts((
      select array_agg((r.team_id, r.list_id, r.members)::engine.member_change)
      from (select n.team_id, n.list_id, count(*) as members from new_rows as n group by n.team_id, n.list_id) as r
    ));
  else
    perform engine.add_members_to_counts((
      select array_agg((r.team_id, r.list_id, -r.members)::engine.member_change)
      from (select o.team_id, o.list_id, count(*) as members from old_rows as o group by o.team_id, o.list_id) as r
    ));
  end if;
  return null;
end
$$;
comment on function engine.count_members() is 'Keeps audience_lists.member_count equal to the number of members.';
revoke all on function engine.count_members() from public;

-- sql/40_functions/audiences/create_audience_list.sql
-- A new list. With rows they are all checked first; when one of them cannot be used, and a partial
-- import was not asked for, neither the list nor a member is stored.
create or replace function public.create_audience_list(
  p_name text,
  p_source text default 'csv',
  p_definition jsonb default '{}',
  p_rows jsonb default null,
  p_mapping jsonb default null,
  p_partial boolean default false,
  p_team_id uuid default null,
  p_exclusions jsonb default '{}'
)
returns jsonb
language plpgsql
security definer -- writes tables that no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'operator');
  v_issues jsonb := engine.list_name_issues(p_name);
  v_run public.audience_runs;
  v_list_id uuid;
  v_list public.audience_lists;
begin
  if p_source is null or p_source <> all(enum_range(null::public.audience_source)::text[]) then
    v_issues := v_issues || engine.issue(
      'source_unknown', 'p_source',
      format('The source must be one of %s.', array_to_string(enum_range(null::public.audience_source), ', '))
    );
  elsif p_rows is not null and p_source <> 'csv' then
    v_issues := v_issues || engine.issue('source_takes_no_rows', 'p_rows', 'Only a list from a file takes rows.');
  end if;
  if p_source = any(enum_range(null::public.audience_source)::text[]) then
    v_issues := v_issues || engine.definition_issues(coalesce(p_definition, '{}'), p_source);
  end if;
  v_issues := v_issues || engine.exclusion_issues(v_team_id, null, coalesce(p_exclusions, '{}'));
  perform engine.refuse_issues(v_issues, 'The list');
  if p_rows is null or p_exclusions <> '{}' then
    -- rows that are refused take the list along: the refusal raises
    v_list_id := engine.new_list(
      v_team_id, p_name, p_source::public.audience_source, coalesce(p_definition, '{}'),
      engine.read_exclusions(v_team_id, coalesce(p_exclusions, '{}'))
    );
  end if;
  if p_rows is not null then
    v_run := engine.import_request_rows(v_team_id, v_list_id, btrim(p_name), p_rows, p_mapping, p_partial);
    v_list_id := v_run.list_id;
  end if;
  select * into v_list from public.audience_lists as l where l.team_id = v_team_id and l.id = v_list_id;
  return engine.describe_list(v_list) || jsonb_build_object(
    'run', engine.describe_run(v_run),
    'issues', case when v_run.id is not null then engine.issues_of_run(v_team_id, v_run.id) else '[]' end
  );
end
$$;
comment on function public.create_audience_list(text, text, jsonb, jsonb, jsonb, boolean, uuid, jsonb) is
'Creates a list, with rows for source csv; returns the list with its run and the issues of rows. OB001 with every problem when rows are refused, and nothing is stored.';
revoke all on function public.create_audience_list(text, text, jsonb, jsonb, jsonb, boolean, uuid, jsonb) from public;
grant execute on function public.create_audience_list(text, text, jsonb, jsonb, jsonb, boolean, uuid, jsonb)
to authenticated, service_role;

-- sql/40_functions/audiences/customer_tags.sql
-- The tags of customers, as far as they have been read.
create or replace function engine.customer_tags(p_team_id uuid, p_customer_ids bigint[])
returns table (customer_id bigint, tag_id bigint)
language sql
stable
set search_path = ''
as $$
  select c.id, t.tag_id
  from unnest(p_customer_ids) as i (id)
  inner join engine.servicetitan_customers as c on c.team_id = p_team_id and i.id = c.id
  cross join lateral unnest(c.tag_ids) as t (tag_id)
$$;
comment on function engine.customer_tags(uuid, bigint[]) is 'ServiceTitan''s tags of these customers.';
revoke all on function engine.customer_tags(uuid, bigint[]) from public;

-- sql/40_functions/audiences/describe_list.sql
-- A list as RPCs return it: with how many campaigns use it, and its last run.
create or replace function engine.describe_list(p_list public.audience_lists)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_list.id, 'team_id', p_list.team_id, 'name', p_list.name, 'source', p_list.source, 'status', p_list.status,
    'definition', p_list.definition, 'exclusions', p_list.exclusions,
    'member_count', p_list.member_count, 'campaign_count', p_list.campaign_count,
    'last_run', (
      select engine.describe_run(r) from public.audience_runs as r
      where r.team_id = p_list.team_id and r.list_id = p_list.id
      order by r.id desc limit 1
    ),
    'created_at', p_list.created_at, 'updated_at', p_list.updated_at
  )
$$;
comment on function engine.describe_list(public.audience_lists) is
'{id, team_id, name, source, status, definition, exclusions, member_count, campaign_count, last_run, created_at, updated_at}.';
revoke all on function engine.describe_list(public.audience_lists) from public;

-- sql/40_functions/audiences/describe_run.sql
-- A run as RPCs return it.
create or replace function engine.describe_run(p_run public.audience_runs)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select case when p_run.id is not null then jsonb_build_object(
    'id', p_run.id, 'list_id', p_run.list_id, 'list_name', p_run.list_name, 'source', p_run.source,
    'status', p_run.status, 'is_partial_allowed', p_run.is_partial_allowed, 'file_name', p_run.file_name,
    'mapping', p_run.mapping, 'definition', p_run.definition, 'waits_for', p_run.waits_for,
    'counts', jsonb_build_object(
      'fetched', p_run.fetched_count, 'added', p_run.added_count, 'updated', p_run.updated_count,
      'removed', p_run.removed_count, 'excluded', p_run.excluded_count, 'rejected', p_run.rejected_count,
      'duplicate', p_run.duplicate_count, 'warning', p_run.warning_count
    ),
    'failure_code', p_run.failure_code, 'failure_message', p_run.failure_message,
    'created_at', p_run.created_at, 'started_at', p_run.started_at, 'ended_at', p_run.ended_at
  ) end
$$;
comment on function engine.describe_run(public.audience_runs) is
'{id, list_id, list_name, source, status, is_partial_allowed, file_name, mapping, definition, waits_for, counts{…}, '
'failure_code, failure_message, created_at, started_at, ended_at}.';
revoke all on function engine.describe_run(public.audience_runs) from public;
grant execute on function engine.describe_run(public.audience_runs) to outbound_worker;

-- sql/40_functions/audiences/drop_queued_run.sql
-- The run that waits for a list which is being archived ends before anybody begins it. Who is beginning
-- it at this moment holds it, and is not waited for: a run is locked before its list everywhere else.
create or replace function engine.drop_queued_run(p_list public.audience_lists)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_run public.audience_runs;
begin
  select r.* into v_run
  from public.audience_runs as r
  where r.team_id = p_list.team_id and r.list_id = p_list.id and r.status = 'QUEUED'
  for update skip locked;
  if v_run.id is not null then
    v_run.status := 'FAILED';
    v_run.failure_code := 'list_archived';
    v_run.failure_message := 'The list was archived before this began; nothing was stored.';
    perform engine.end_run(v_run);
  elsif exists (
    select from public.audience_runs as r
    where r.team_id = p_list.team_id and r.list_id = p_list.id and r.status in ('QUEUED', 'RUNNING')
  ) then
    perform engine.refuse(
      'OB005', 'A run of the list begins at this moment.',
      jsonb_build_object('entity', 'audience_list', 'id', p_list.id, 'used_by', (
        select jsonb_agg(jsonb_build_object('entity', 'audience_run', 'id', r.id, 'status', r.status))
        from public.audience_runs as r
        where r.team_id = p_list.team_id and r.list_id = p_list.id and r.status in ('QUEUED', 'RUNNING')
      )),
      'Wait until that run has ended; get_audience_runs shows it.'
    );
  end if;
end
$$;
comment on function engine.drop_queued_run(public.audience_lists) is
'Fails the queued run of a list that is being archived (list_archived); OB005 when somebody is beginning it.';
revoke all on function engine.drop_queued_run(public.audience_lists) from public;

-- sql/40_functions/audiences/end_run.sql
-- The last step of every run: its staged rows go, its state is final.
create or replace function engine.end_run(p_run public.audience_runs)
returns public.audience_runs
language plpgsql
set search_path = ''
as $$
declare
  v_run public.audience_runs;
begin
  perform engine.forget_subject(p_run.team_id, p_run.id);
  update public.audience_runs as r
  set
    list_id = p_run.list_id,
    status = p_run.status,
    fetched_count = p_run.fetched_count,
    added_count = p_run.added_count,
    updated_count = p_run.updated_count,
    excluded_count = p_run.excluded_count,
    removed_count = p_run.removed_count,
    rejected_count = p_run.rejected_count,
    duplicate_count = p_run.duplicate_count,
    warning_count = p_run.warning_count,
    failure_code = p_run.failure_code,
    failure_message = p_run.failure_message,
    waits_for = null,
    lease_expires_at = null,
    ended_at = engine.now()
  where r.team_id = p_run.team_id and r.id = p_run.id
  returning * into v_run;
  return v_run;
end
$$;
comment on function engine.end_run(public.audience_runs) is 'Ends a run in the given state and empties its staging.';
revoke all on function engine.end_run(public.audience_runs) from public;

-- sql/40_functions/audiences/excluded_contacts.sql
-- The rule of engine.find_exclusions for contacts that are known: members of a list that is launched.
create or replace function engine.excluded_contacts(p_team_id uuid, p_exclusions jsonb, p_contact_ids uuid[])
returns table (contact_id uuid, reason text)
language sql
stable
set search_path = ''
as $$
  with people as materialized (
    select array_agg((row_number, c.id, c.phone, c.servicetitan_customer_id)::engine.candidate order by row_number) as found
    from (
      select row_number() over () as row_number, c.*
      from unnest(p_contact_ids) as i (id)
      inner join public.contacts as c on c.team_id = p_team_id and i.id = c.id
      where p_exclusions <> '{}'
    ) as c
  )

  select (p.found[f.ordinal]).contact_id, f.reason
  from people as p
  cross join lateral engine.find_exclusions(p_team_id, p_exclusions, p.found) as f
$$;
comment on function engine.excluded_contacts(uuid, jsonb, uuid[]) is
'Which of the contacts exclusions leave out, and why; exclusions as engine.read_exclusions writes them.';
revoke all on function engine.excluded_contacts(uuid, jsonb, uuid[]) from public;

-- sql/40_functions/audiences/exclusion_issues.sql
-- Everything that is wrong with a list's exclusions, at once. Lists and campaigns must be the team's:
-- another team's are as unknown as those that never were.
create or replace function engine.exclusion_issues(p_team_id uuid, p_list_id uuid, p_exclusions jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_issues jsonb;
begin
  if jsonb_typeof(p_exclusions) <> 'object' then
    return jsonb_build_array(engine.issue('exclusions_malformed', 'p_exclusions', 'The exclusions must be an object.'));
  end if;
  select coalesce(jsonb_agg(i.issue order by k.place, i.issue ->> 'path'), '[]') into v_issues
  from jsonb_each(p_exclusions) with ordinality as k (name, value, place)
  cross join lateral (
    select engine.issue(
      'exclusion_unknown', 'p_exclusions.' || k.name,
      'There is no such exclusion; there are list_ids, campaign_ids, tags, contacted_within, booked_within, already_booked and phones.'
    ) as issue
    where k.name not in (
      'list_ids', 'campaign_ids', 'tags', 'contacted_within', 'booked_within', 'already_booked', 'phones'
    )
    union all
    select engine.issue(
      'exclusion_malformed', 'p_exclusions.already_booked', 'Whether whoever has booked is left out is true or false.'
    )
    where k.name = 'already_booked' and jsonb_typeof(k.value) not in ('boolean', 'null')
    union all
    select engine.issue(
      'exclusion_duration_malformed', 'p_exclusions.' || k.name,
      'The time must be an ISO 8601 duration from PT1M to P3650D, such as P30D.'
    )
    where k.name in ('contacted_within', 'booked_within') and jsonb_typeof(k.value) <> 'null'
      and not engine.is_duration(k.value, interval '1 minute', interval '3650 days')
    union all
    select engine.issue('exclusion_malformed', 'p_exclusions.' || k.name, 'This must be a list.')
    where k.name in ('list_ids', 'campaign_ids', 'tags', 'phones') and jsonb_typeof(k.value) not in ('array', 'null')
    union all
    select m.issue
    from engine.exclusion_member_issues(p_team_id, p_list_id, k.name, k.value) as m (issue)
    where k.name in ('list_ids', 'campaign_ids', 'tags', 'phones') and jsonb_typeof(k.value) = 'array'
  ) as i;
  return v_issues;
end
$$;
comment on function engine.exclusion_issues(uuid, uuid, jsonb) is
'Issues of the exclusions of a list (null: a list to be); none is an empty array.';
revoke all on function engine.exclusion_issues(uuid, uuid, jsonb) from public;

-- sql/40_functions/audiences/exclusion_member_issues.sql
-- What is wrong with the elements of one exclusion that is a list.
create or replace function engine.exclusion_member_issues(p_team_id uuid, p_list_id uuid, p_name text, p_values jsonb)
returns setof jsonb
language sql
stable
set search_path = ''
as $$
  with given as materialized (
    select
      v.place, jsonb_typeof(v.value) as kind, v.value #>> '{}' as written,
      format('p_exclusions.%s.%s', p_name, v.place - 1) as path
    from jsonb_array_elements(p_values) with ordinality as v (value, place)
    where jsonb_array_length(p_values) <= 10000
  )

  select engine.issue('exclusion_too_many', 'p_exclusions.' || p_name, 'At most 10,000 can be listed.')
  where jsonb_array_length(p_values) > 10000
  union all
  select engine.issue('exclusion_list_unknown', g.path, 'There is no such audience list.')
  from given as g
  where p_name = 'list_ids' and not exists (
    select from public.audience_lists as l where l.team_id = p_team_id and l.id::text = lower(g.written)
  )
  union all
  select engine.issue('exclusion_of_itself', g.path, 'A list cannot leave out its own members.')
  from given as g
  where p_name = 'list_ids' and lower(g.written) = p_list_id::text
  union all
  select engine.issue('exclusion_campaign_unknown', g.path, 'There is no such campaign.')
  from given as g
  where p_name = 'campaign_ids' and not exists (
    select from public.campaigns as c where c.team_id = p_team_id and c.id::text = lower(g.written)
  )
  union all
  select engine.issue('exclusion_tag_malformed', g.path, 'A tag is the whole number that ServiceTitan gave it.')
  from given as g
  where p_name = 'tags' and (g.kind not in ('number', 'string') or coalesce(g.written, '') !~ '^[0-9]{1,18}$')
  union all
  select engine.issue('exclusion_phone_invalid', g.path, coalesce(r.message, 'This is not a phone number.'))
  from public.teams as t
  cross join lateral engine.parse_phones(
    (select array_agg(g.written order by g.place) from given as g where p_name = 'phones'), t.country, t.is_sandbox
  ) as p
  inner join given as g on p.ordinal = g.place
  left join reference.import_problems as r on p.problem = r.code
  where p_name = 'phones' and t.id = p_team_id and p.phone is null
$$;
comment on function engine.exclusion_member_issues(uuid, uuid, text, jsonb) is
'Issues of the elements of list_ids, campaign_ids, tags or phones.';
revoke all on function engine.exclusion_member_issues(uuid, uuid, text, jsonb) from public;

-- sql/40_functions/audiences/exclusions_of_run.sql
-- Whom a run leaves out: the list says so, at the moment when the run stores its rows. A list that the
-- run would make leaves out nobody.
create or replace function engine.exclusions_of_run(p_run public.audience_runs)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(
    (select l.exclusions from public.audience_lists as l where l.team_id = p_run.team_id and l.id = p_run.list_id), '{}'
  )
$$;
comment on function engine.exclusions_of_run(public.audience_runs) is 'The exclusions of the list that a run fills.';
revoke all on function engine.exclusions_of_run(public.audience_runs) from public;

-- sql/40_functions/audiences/fail_run.sql
-- A worker gives a run up: the file could not be read to its end, a source refused.
create or replace function engine.fail_run(p_team_id uuid, p_run_id uuid, p_code text, p_message text)
returns public.audience_runs
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_run public.audience_runs := engine.lock_run(p_team_id, p_run_id, '{QUEUED,RUNNING}');
begin
  v_run.status := 'FAILED';
  v_run.failure_code := coalesce(nullif(btrim(p_code), ''), 'unknown');
  v_run.failure_message := left(coalesce(nullif(btrim(p_message), ''), 'No reason was given.'), 2000);
  return engine.end_run(v_run);
end
$$;
comment on function engine.fail_run(uuid, uuid, text, text) is 'Ends an open run as FAILED; nothing of it is stored.';
revoke all on function engine.fail_run(uuid, uuid, text, text) from public;
grant execute on function engine.fail_run(uuid, uuid, text, text) to outbound_worker;

-- sql/40_functions/audiences/fail_stale_runs.sql
-- Runs whose worker is gone: silent for longer than the lease, and no transaction holds their row. A run
-- that a task is open for is never abandoned: whoever claims the task goes on with it.
create or replace function engine.fail_stale_runs()
returns integer
language plpgsql
security definer -- the tick and workers call it
set search_path = ''
as $$
declare
  v_run public.audience_runs;
  v_count integer := 0;
begin
  -- a few at most, each with tables of its own to empty
  for v_run in
    select * from public.audience_runs as r
    where r.status in ('QUEUED', 'RUNNING') and r.lease_expires_at < engine.now()
      and not exists (
        select from engine.tasks as t
        where t.team_id = r.team_id and t.kind = 'refresh' and t.subject_id = r.id and t.status in ('READY', 'CLAIMED')
      )
    order by r.team_id, r.id
    for update skip locked
  loop
    v_run.status := 'FAILED';
    v_run.failure_code := 'abandoned';
    v_run.failure_message := 'Whoever ran this stopped without a word; nothing was stored. Start it again.';
    perform engine.end_run(v_run);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function engine.fail_stale_runs() is 'Fails runs that were abandoned; returns how many. Idempotent; part of the tick.';
revoke all on function engine.fail_stale_runs() from public;
grant execute on function engine.fail_stale_runs() to outbound_worker;

-- sql/40_functions/audiences/find_exclusions.sql
-- Who of a set of people is left out, and why: the one rule for whatever fills a list and for launches.
-- One reason each, the first in this order: the number, another list, a campaign, a tag, a call or text
-- that a provider took, a booking.
create or replace function engine.find_exclusions(
  p_team_id uuid, p_exclusions jsonb, p_candidates engine.candidate[]
)
returns table (ordinal bigint, reason text)
language plpgsql
stable
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_list_ids uuid[] := array(select jsonb_array_elements_text(p_exclusions -> 'list_ids'))::uuid[];
  v_campaign_ids uuid[] := array(select jsonb_array_elements_text(p_exclusions -> 'campaign_ids'))::uuid[];
  v_tags bigint[] := array(select jsonb_array_elements_text(p_exclusions -> 'tags'))::bigint[];
  v_contacted_since timestamptz := engine.now() - engine.parse_duration(p_exclusions ->> 'contacted_within');
  v_booked_since timestamptz := case
    when p_exclusions -> 'already_booked' = 'true' then '-infinity'
    else engine.now() - engine.parse_duration(p_exclusions ->> 'booked_within')
  end;
begin
  return query
  with people as materialized (
    select p.* from unnest(p_candidates) as p
  ),

  found as (
    select p.ordinal, 1 as place, 'excluded_phone' as reason
    from people as p
    where p_exclusions ? 'phones'
      and p.phone in (select jsonb_array_elements_text(p_exclusions -> 'phones'))
    union all
    select p.ordinal, 2, 'excluded_in_list'
    from people as p
    where v_list_ids <> '{}' and exists (
      select from public.audience_members as m
      where m.team_id = p_team_id and m.list_id = any(v_list_ids) and m.contact_id = p.contact_id
    )
    union all
    select p.ordinal, 3, 'excluded_in_campaign'
    from people as p
    where v_campaign_ids <> '{}' and exists (
      select from engine.enrollments as e
      where e.team_id = p_team_id and e.campaign_id = any(v_campaign_ids) and e.contact_id = p.contact_id
    )
    union all
    select p.ordinal, 4, 'excluded_tag'
    from people as p
    where v_tags <> '{}' and p.customer_id in (
      select t.customer_id
      from engine.customer_tags(p_team_id, array(select c.customer_id from people as c where c.customer_id is not null)) as t
      where t.tag_id = any(v_tags)
    )
    union all
    select p.ordinal, 5, 'excluded_recently_contacted'
    from people as p
    where v_contacted_since is not null and exists (
      select
      from engine.jobs as j
      inner join engine.attempts as a on j.team_id = a.team_id and j.id = a.job_id
      where j.team_id = p_team_id and j.phone = p.phone and a.status = 'ACCEPTED' and a.begun_at >= v_contacted_since
    )
    union all
    select p.ordinal, 6, 'excluded_booked'
    from people as p
    where v_booked_since is not null and exists (
      select from engine.enrollments as e
      where e.team_id = p_team_id and e.contact_id = p.contact_id and e.booked_at >= v_booked_since
    )
  )

  select distinct on (f.ordinal) f.ordinal, f.reason from found as f order by f.ordinal, f.place;
end
$$;
comment on function engine.find_exclusions(uuid, jsonb, engine.candidate[]) is
'Which of the candidates are left out, and the code in reference.import_problems that says why.';
revoke all on function engine.find_exclusions(uuid, jsonb, engine.candidate[]) from public;

-- sql/40_functions/audiences/find_list_for_import.sql
-- The list that a name means: the active one of that name, none when it is new, OB001 when there are
-- several.
create or replace function engine.find_list_for_import(p_team_id uuid, p_name text)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
  v_ids uuid[] := array(
    select l.id from public.audience_lists as l
    where l.team_id = p_team_id and lower(l.name) = lower(btrim(p_name)) and l.status = 'ACTIVE'
  );
begin
  if cardinality(v_ids) > 1 then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'list_name_ambiguous', 'p_list_name', format('%s lists are called so; name one by its id.', cardinality(v_ids))
    )), 'The list');
  end if;
  return v_ids[1];
end
$$;
comment on function engine.find_list_for_import(uuid, text) is 'Id of the active list of this name; null when there is none.';
revoke all on function engine.find_list_for_import(uuid, text) from public;

-- sql/40_functions/audiences/finish_run.sql
-- Checks every staged row, then stores all that is right or nothing: with rows that cannot be used, and
-- unless a partial import was asked for, the run ends as FAILED with a problem for each row. The list
-- of a first import is made here, when it is sure to have members.
create or replace function engine.finish_run(p_team_id uuid, p_run_id uuid)
returns public.audience_runs
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_run public.audience_runs := engine.lock_run(p_team_id, p_run_id, '{RUNNING}');
begin
  perform engine.check_run(p_team_id, p_run_id);
  perform engine.mark_duplicates(p_team_id, p_run_id);
  v_run.excluded_count := engine.mark_excluded(p_team_id, p_run_id, engine.exclusions_of_run(v_run));
  select count(*), count(*) filter (where c.verdict = 'rejected'), count(*) filter (where c.verdict = 'duplicate')
  into v_run.fetched_count, v_run.rejected_count, v_run.duplicate_count
  from engine.checked_rows as c
  where c.team_id = p_team_id and c.run_id = p_run_id;
  v_run.warning_count := engine.record_run_errors(v_run);
  v_run.failure_message := engine.refusal_of_run(v_run);
  if v_run.failure_message is not null then
    v_run.status := 'FAILED';
    v_run.failure_code := case when v_run.fetched_count = 0 then 'no_rows' else 'rows_rejected' end;
    return engine.end_run(v_run);
  end if;
  if v_run.list_id is null then
    v_run.list_id := engine.new_list(p_team_id, v_run.list_name, v_run.source, '{}');
  end if;
  v_run.added_count := engine.store_run(p_team_id, p_run_id, v_run.list_id);
  v_run.updated_count := v_run.fetched_count - v_run.excluded_count - v_run.rejected_count - v_run.duplicate_count
    - v_run.added_count;
  v_run.status := case when v_run.rejected_count > 0 then 'PARTIAL'::public.run_status else 'SUCCEEDED' end;
  return engine.end_run(v_run);
end
$$;
comment on function engine.finish_run(uuid, uuid) is
'Checks the staged rows of a running run and stores them, or refuses them all; returns the run as it ended.';
revoke all on function engine.finish_run(uuid, uuid) from public;
grant execute on function engine.finish_run(uuid, uuid) to outbound_worker;

-- sql/40_functions/audiences/get_audience_campaign_usage.sql
-- The campaigns of a list, newest first.
create or replace function public.get_audience_campaign_usage(
  p_list_id uuid, p_limit integer default 50, p_cursor text default null
)
returns jsonb
language plpgsql
stable
security definer -- engine.caller_team_ids and the role are checked by engine.require_list
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'viewer');
  v_limit integer := engine.page_limit(p_limit);
  v_before uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
  v_result jsonb;
begin
  with page as (
    select
      c.id,
      row_number() over (order by c.id desc) as place,
      jsonb_build_object(
        'id', c.id, 'name', c.name, 'status', c.status, 'is_continuous', c.is_continuous,
        'workflow', jsonb_build_object('id', w.id, 'name', w.name, 'version', w.version, 'status', w.status),
        'enrolled_count', (
          select coalesce(sum(k.amount), 0)
          from engine.counters as k
          where k.team_id = c.team_id and k.campaign_id = c.id and k.node_id = ''
        ),
        'scheduled_at', c.scheduled_at, 'started_at', c.started_at,
        'ended_at', c.ended_at, 'created_at', c.created_at
      ) as item
    from public.campaigns as c
    inner join public.workflows as w on c.team_id = w.team_id and c.workflow_id = w.id
    where c.team_id = v_list.team_id and c.list_id = v_list.id and (v_before is null or c.id < v_before)
    order by c.id desc
    limit v_limit + 1
  )
  select jsonb_build_object(
    'items', coalesce(jsonb_agg(p.item order by p.place) filter (where p.place <= v_limit), '[]'),
    'next_cursor', case
      when count(*) > v_limit then engine.page_cursor(min(p.id::text) filter (where p.place = v_limit))
    end
  ) into v_result
  from page as p;
  return v_result;
end
$$;
comment on function public.get_audience_campaign_usage(uuid, integer, text) is
'A page of the campaigns that use a list, newest first: {items[{id, name, status, is_continuous, workflow{id, name, version, '
'status}, enrolled_count, scheduled_at, started_at, ended_at, created_at}], next_cursor}.';
revoke all on function public.get_audience_campaign_usage(uuid, integer, text) from public;
grant execute on function public.get_audience_campaign_usage(uuid, integer, text) to authenticated, service_role;

-- sql/40_functions/audiences/get_audience_list.sql
-- One list with its last run.
create or replace function public.get_audience_list(p_list_id uuid)
returns jsonb
language sql
stable
security definer -- reads runs for a caller who was checked
set search_path = ''
as $$
  select engine.describe_list(engine.require_list(p_list_id, 'viewer')) -- which asks engine.caller_team_ids
$$;
comment on function public.get_audience_list(uuid) is
'A list: {id, team_id, name, source, status, definition, exclusions, member_count, campaign_count, last_run, created_at, '
'updated_at}.';
revoke all on function public.get_audience_list(uuid) from public;
grant execute on function public.get_audience_list(uuid) to authenticated, service_role;

-- sql/40_functions/audiences/get_audience_members.sql
-- A page of a list's members. The key of the page is the contact's id, which the primary key of members
-- holds in order, so that a page costs the same at any depth.
create or replace function public.get_audience_members(
  p_list_id uuid, p_search text default null, p_limit integer default 50, p_cursor text default null
)
returns jsonb
language plpgsql
stable
security definer -- engine.caller_team_ids and the role are checked by engine.require_list
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'viewer');
  v_limit integer := engine.page_limit(p_limit);
  v_after uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
  v_search text := nullif(lower(btrim(p_search)), '');
  v_digits text := nullif(regexp_replace(p_search, '[^0-9]', '', 'g'), '');
  v_result jsonb;
begin
  with page as (
    select
      c.id,
      row_number() over (order by m.contact_id) as place,
      jsonb_build_object(
        'contact_id', c.id, 'phone', c.phone, 'phone_extension', c.phone_extension, 'first_name', c.first_name,
        'last_name', c.last_name, 'email', c.email, 'timezones', to_jsonb(c.timezones), 'regions', to_jsonb(c.regions),
        'postal_code', c.postal_code,
        'servicetitan_customer_id', coalesce(m.servicetitan_customer_id, c.servicetitan_customer_id),
        'added_at', m.added_at
      ) as item
    from public.audience_members as m
    inner join public.contacts as c on m.team_id = c.team_id and m.contact_id = c.id
    where
      m.team_id = v_list.team_id and m.list_id = v_list.id
      and (v_after is null or m.contact_id > v_after)
      and (
        v_search is null
        or strpos(lower(concat_ws(' ', c.first_name, c.last_name)), v_search) > 0
        or strpos(lower(c.email), v_search) > 0
        or (v_search !~ '[[:alpha:]@]' and strpos(c.phone, v_digits) > 0)
      )
    order by m.contact_id
    limit v_limit + 1
  )
  select jsonb_build_object(
    'items', coalesce(jsonb_agg(p.item order by p.place) filter (where p.place <= v_limit), '[]'),
    'next_cursor', case
      when count(*) > v_limit then engine.page_cursor(min(p.id::text) filter (where p.place = v_limit))
    end
  ) into v_result
  from page as p;
  return v_result;
end
$$;
comment on function public.get_audience_members(uuid, text, integer, text) is
'A page of members, searched by name, phone or e-mail: {items[{contact_id, phone, phone_extension, first_name, '
'last_name, email, timezones, regions, postal_code, servicetitan_customer_id, added_at}], next_cursor}.';
revoke all on function public.get_audience_members(uuid, text, integer, text) from public;
grant execute on function public.get_audience_members(uuid, text, integer, text) to authenticated, service_role;

-- sql/40_functions/audiences/get_audience_run_errors.sql
-- What was wrong with the rows of a run, in order of the file.
create or replace function public.get_audience_run_errors(
  p_run_id uuid, p_severity text default null, p_limit integer default 50, p_cursor text default null
)
returns jsonb
language plpgsql
stable
security definer -- reads for a caller who is checked here
set search_path = ''
as $$
declare
  v_run public.audience_runs;
  v_limit integer := engine.page_limit(p_limit);
  v_after bigint := engine.page_key(p_cursor, '^[0-9]{1,18}$')::bigint;
  v_result jsonb;
begin
  select * into v_run from public.audience_runs as r
  where r.team_id = any(engine.caller_team_ids()) and r.id = p_run_id;
  if v_run.id is null then
    perform engine.refuse_not_found('audience_run', p_run_id);
  end if;
  perform engine.require_role(v_run.team_id, 'viewer');
  if p_severity is not null and p_severity not in ('error', 'warning', 'info') then
    perform engine.refuse_issues(jsonb_build_array(
      engine.issue('severity_unknown', 'p_severity', 'The severity must be error, warning or info, or null for all.')
    ), 'The request');
  end if;
  with page as (
    select
      e.position,
      row_number() over (order by e.position) as place,
      jsonb_build_object(
        'row', e.row_number, 'column', nullif(e.column_name, ''), 'code', e.code, 'severity', e.severity,
        'message', p.message, 'value', e.value, 'servicetitan_customer_id', e.servicetitan_customer_id
      ) as item
    from public.audience_run_errors as e
    inner join reference.import_problems as p on e.code = p.code
    where
      e.team_id = v_run.team_id and e.run_id = v_run.id
      and (v_after is null or e.position > v_after)
      and (p_severity is null or e.severity = p_severity)
    order by e.position
    limit v_limit + 1
  )
  select jsonb_build_object(
    'items', coalesce(jsonb_agg(p.item order by p.place) filter (where p.place <= v_limit), '[]'),
    'next_cursor', case
      when count(*) > v_limit then engine.page_cursor(min(p.position::text) filter (where p.place = v_limit))
    end
  ) into v_result
  from page as p;
  return v_result;
end
$$;
comment on function public.get_audience_run_errors(uuid, text, integer, text) is
'A page of a run''s problems: {items[{row, column, code, severity, message, value, servicetitan_customer_id}], next_cursor}.';
revoke all on function public.get_audience_run_errors(uuid, text, integer, text) from public;
grant execute on function public.get_audience_run_errors(uuid, text, integer, text) to authenticated, service_role;

-- sql/40_functions/audiences/get_audience_runs.sql
-- The runs of a list, newest first; without a list those of the team, so that imports that were refused
-- before they made a list are found as well.
create or replace function public.get_audience_runs(
  p_list_id uuid default null, p_limit integer default 50, p_cursor text default null, p_team_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- reads for a caller who was checked
set search_path = ''
as $$
declare
  v_team_id uuid := case
    when p_list_id is not null then (engine.require_list(p_list_id, 'viewer')).team_id
    else engine.require_team(p_team_id, 'viewer')
  end;
  v_limit integer := engine.page_limit(p_limit);
  v_before uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
  v_result jsonb;
begin
  with page as (
    select r as run, row_number() over (order by r.id desc) as place
    from public.audience_runs as r
    where
      r.team_id = v_team_id
      and (p_list_id is null or r.list_id = p_list_id)
      and (v_before is null or r.id < v_before)
    order by r.id desc
    limit v_limit + 1
  )
  select jsonb_build_object(
    'items', coalesce(
      jsonb_agg(engine.describe_run(p.run) order by p.place) filter (where p.place <= v_limit), '[]'
    ),
    'next_cursor', case
      when count(*) > v_limit then engine.page_cursor(min(((p.run).id)::text) filter (where p.place = v_limit))
    end
  ) into v_result
  from page as p;
  return v_result;
end
$$;
comment on function public.get_audience_runs(uuid, integer, text, uuid) is
'A page of runs, newest first: {items[{id, list_id, list_name, source, status, counts{…}, failure_code, failure_message, …}], next_cursor}.';
revoke all on function public.get_audience_runs(uuid, integer, text, uuid) from public;
grant execute on function public.get_audience_runs(uuid, integer, text, uuid) to authenticated, service_role;

-- sql/40_functions/audiences/guess_mapping.sql
-- Which column holds what, by its header and, where headers do not tell, by what is in it. One column
-- is taken for each field; a person who wants two phone columns says so.
create or replace function engine.guess_mapping(
  p_rows jsonb, p_is_objects boolean, p_header_row integer, p_columns text[], p_country text
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with cells as materialized (
    select s.place, s.cell, row_number() over () as ordinal
    from engine.sample_cells(p_rows, p_is_objects, p_header_row, p_columns) as s
  ),
  parsed as (
    select c.place, p.phone is not null as is_phone
    from engine.parse_phones((select array_agg(c.cell order by c.ordinal) from cells as c), p_country, true) as p
    inner join cells as c on p.ordinal = c.ordinal
  ),
  contents as (
    select
      c.place,
      count(*) as filled,
      count(*) filter (where c.cell ~ '^\S+@\S+\.\S+$') as emails,
      -- looks like a number one could dial: no date, no amount, no address of a computer
      count(*) filter (
        where c.cell ~ '^[+(]?[0-9][-0-9 ().]{5,18}[0-9]$' and c.cell !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}'
        and c.cell !~ '^[0-9]+([.][0-9]+){3}$' and c.cell !~ '^[0-9]{1,3}[.][0-9]+$'
      ) as dialables
    from cells as c
    group by c.place
  ),
  named as (
    select h.field, c.place, h.rank
    from unnest(p_columns) with ordinality as c (name, place)
    cross join lateral engine.header_fields(c.name) as h
  ),
  candidates as (
    select n.field, n.place, n.rank from named as n
    union all
    -- by content, when no header names the field and the column is not known as another
    select 'phone', k.place, 100 from contents as k
    where k.dialables * 2 >= k.filled and k.dialables > 0
    and not exists (select from named as n where n.field = 'phone' or n.place = k.place)
    union all
    select 'email', k.place, 100 from contents as k
    where k.emails * 2 >= k.filled and k.emails > 0
    and not exists (select from named as n where n.field = 'email' or n.place = k.place)
  ),
  best as (
    select distinct on (c.field) c.field, c.place
    from candidates as c
    left join contents as k on c.place = k.place
    left join (select p.place, count(*) filter (where p.is_phone) as phones from parsed as p group by p.place) as v
      on c.place = v.place and c.field = 'phone'
    order by
      c.field, coalesce(v.phones, 0) desc,
      case c.field when 'phone' then k.dialables when 'email' then k.emails else 0 end desc nulls last,
      c.rank, c.place
  )
  select coalesce(jsonb_object_agg(b.field, jsonb_build_array(p_columns[b.place])), '{}')
  from best as b
  -- a name in two parts says more than the whole
  where b.field <> 'full_name' or not exists (select from best as o where o.field in ('first_name', 'last_name'))
$$;
comment on function engine.guess_mapping(jsonb, boolean, integer, text[], text) is
'Guessed mapping of fields to column names: {field: [name]}.';
revoke all on function engine.guess_mapping(jsonb, boolean, integer, text[], text) from public;

-- sql/40_functions/audiences/header_fields.sql
-- What a header says a column holds. A column for faxes, or one that tells about phones (their type,
-- their carrier), is not one of phones.
create or replace function engine.header_fields(p_header text)
returns table (field text, rank smallint)
language sql
stable
parallel safe
set search_path = ''
as $$
  select h.field, min(h.rank + case when h.spelling = k.key then 0 else 10 end)::smallint
  from (select engine.header_key(p_header)) as k (key)
  inner join reference.import_headers as h
    on h.spelling = k.key
    or (
      h.is_word and (' ' || k.key || ' ') like ('% ' || h.spelling || ' %')
      and k.key !~ '\m(fax|type|carrier|country|verified|status|opt|consent|date|time|count|ext|extension|owner|valid)\M'
    )
  group by h.field
$$;
comment on function engine.header_fields(text) is 'Fields that a column may hold by its header, with a rank (lowest is surest).';
revoke all on function engine.header_fields(text) from public;

-- sql/40_functions/audiences/header_key.sql
-- "firstName", "First_Name" and " FIRST NAME: " are one header.
create or replace function engine.header_key(p_header text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select btrim(regexp_replace(
    replace(lower(regexp_replace(normalize(coalesce(p_header, ''), nfkc), '([a-z])([A-Z])', '\1 \2', 'g')), '#', ' no '),
    '[\s_./\\:;,()\[\]{}*''"?!&+|-]+', ' ', 'g'
  ))
$$;
comment on function engine.header_key(text) is 'A header in the spelling of reference.import_headers.';
revoke all on function engine.header_key(text) from public;

-- sql/40_functions/audiences/import_audience_rows.sql
-- More rows for a list, under the same rule: all of them, or with p_partial those that can be used.
create or replace function public.import_audience_rows(
  p_list_id uuid, p_rows jsonb, p_mapping jsonb default null, p_partial boolean default false
)
returns jsonb
language plpgsql
security definer -- writes tables that no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_open_list(p_list_id); -- engine.caller_team_ids, engine.require_role
  v_run public.audience_runs;
begin
  v_run := engine.import_request_rows(v_list.team_id, v_list.id, v_list.name, p_rows, p_mapping, p_partial);
  return engine.describe_run(v_run) || jsonb_build_object('issues', engine.issues_of_run(v_list.team_id, v_run.id));
end
$$;
comment on function public.import_audience_rows(uuid, jsonb, jsonb, boolean) is
'Imports rows into a list from files; returns the run with the issues of rows. OB001 with every problem when rows are refused.';
revoke all on function public.import_audience_rows(uuid, jsonb, jsonb, boolean) from public;
grant execute on function public.import_audience_rows(uuid, jsonb, jsonb, boolean) to authenticated, service_role;

-- sql/40_functions/audiences/import_request_rows.sql
-- The import of rows that came with an RPC: the same run as a worker's, within the caller's one
-- transaction. A refusal raises, so that nothing of it remains, not even the run.
create or replace function engine.import_request_rows(
  p_team_id uuid, p_list_id uuid, p_list_name text, p_rows jsonb, p_mapping jsonb, p_partial boolean
)
returns public.audience_runs
language plpgsql
set search_path = ''
as $$
declare
  v_shape record;
  v_run public.audience_runs;
begin
  select r.* into v_shape
  from public.teams as t
  cross join lateral engine.read_request_rows(p_rows, p_mapping, t.country) as r
  where t.id = p_team_id;
  v_run := engine.open_run(p_team_id, p_list_id, p_list_name, 'csv', p_partial, v_shape.mapping, null);
  perform engine.start_run(p_team_id, v_run.id);
  insert into engine.import_rows
  select r.* from engine.rows_from_json(
    p_team_id, v_run.id, p_rows, v_shape.is_objects, v_shape.header_row, v_shape.columns, v_shape.mapping
  ) as r;
  v_run := engine.finish_run(p_team_id, v_run.id);
  if v_run.status = 'FAILED' then
    perform engine.refuse(
      'OB001', v_run.failure_message,
      case
        when v_run.failure_code = 'no_rows'
          then jsonb_build_array(engine.issue('rows_missing', 'p_rows', v_run.failure_message))
        else engine.issues_of_run(p_team_id, v_run.id)
      end,
      'Correct the rows, or import the others with p_partial.'
    );
  end if;
  return v_run;
end
$$;
comment on function engine.import_request_rows(uuid, uuid, text, jsonb, jsonb, boolean) is
'Imports rows of a request into a list, which is made when p_list_id is null; OB001 with the problems when they are refused.';
revoke all on function engine.import_request_rows(uuid, uuid, text, jsonb, jsonb, boolean) from public;

-- sql/40_functions/audiences/is_header.sql
-- Whether the first row of a file names its columns. A row that says "phone" or "e-mail" does; a row
-- with an address, a number, a date or an id in it is data; a row of nothing but words is a header.
create or replace function engine.is_header(p_cells jsonb)
returns boolean
language sql
stable
parallel safe
set search_path = ''
as $$
  select coalesce(
    bool_or(exists (select from engine.header_fields(c.cell)))
    or not bool_or(
      c.cell ~ '@' or c.cell ~ '[0-9]{5}' or c.cell ~ '^\s*[-+(]?[$€£]?[0-9][-0-9.,/: ()]*\s*$'
      or c.cell ~ '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-'
    ),
    false
  )
  -- a cell that is a number cannot name a column, whatever words are beside it
  and not coalesce(bool_or(c.cell ~ '^\s*\+?[-0-9. ()]{7,}\s*$' or c.cell ~ '^\S+@\S+\.\S+$'), false)
  from jsonb_array_elements_text(p_cells) as c (cell)
  where btrim(c.cell) <> ''
$$;
comment on function engine.is_header(jsonb) is 'Whether a row of cells names columns rather than holding a contact.';
revoke all on function engine.is_header(jsonb) from public;

-- sql/40_functions/audiences/issues_of_run.sql
-- The problems of a run as OB001's detail. A million of them help nobody, so the list is bounded and
-- ends with how many it leaves out.
create or replace function engine.issues_of_run(p_team_id uuid, p_run_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with problems as (
    select e.position, e.severity, engine.issue(
      e.code, 'p_rows', p.message, e.severity,
      jsonb_build_object('row', e.row_number, 'column', nullif(e.column_name, ''), 'value', e.value)
    ) as issue
    from public.audience_run_errors as e
    inner join reference.import_problems as p on e.code = p.code
    where e.team_id = p_team_id and e.run_id = p_run_id
    order by (e.severity = 'error') desc, e.position
    limit 500
  ),
  whole as (
    select count(*) as problems from public.audience_run_errors as e where e.team_id = p_team_id and e.run_id = p_run_id
  )
  select coalesce(jsonb_agg(p.issue order by (p.severity = 'error') desc, p.position) filter (where p.position is not null), '[]')
    || case
      when w.problems > 500 then jsonb_build_array(engine.issue(
        'more_problems', 'p_rows', format('%s more problems are not listed here.', w.problems - 500), 'info',
        jsonb_build_object('count', w.problems - 500)
      ))
      else '[]'
    end
  from whole as w
  left join problems as p on true
  group by w.problems
$$;
comment on function engine.issues_of_run(uuid, uuid) is 'Up to 500 problems of a run, errors first, and how many more there are.';
revoke all on function engine.issues_of_run(uuid, uuid) from public;

-- sql/40_functions/audiences/list_archive_message.sql
-- What archiving a list does, in words and numbers, for the dialog before it and the notice after.
create or replace function engine.list_archive_message(
  p_list public.audience_lists, p_is_scheduled boolean, p_is_queued boolean, p_dry_run boolean
)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_waiting bigint;
begin
  select count(*) into v_waiting
  from public.campaigns as c
  where c.team_id = p_list.team_id and c.list_id = p_list.id and c.status = 'CREATED';
  return concat_ws(
    ' ',
    format(
      '"%s" %s archived: it keeps its %s, and is neither filled nor launched any more.', p_list.name,
      case when p_dry_run then 'would be' else 'is' end,
      case p_list.member_count when 1 then 'one member' else p_list.member_count || ' members' end
    ),
    case when p_is_scheduled then format('Its schedule %s off.', case when p_dry_run then 'would be turned' else 'is' end) end,
    case when p_is_queued then format('The run that waits %s dropped.', case when p_dry_run then 'would be' else 'is' end) end,
    case when v_waiting > 0 then format('Campaigns created with it, and not to be launched: %s.', v_waiting) end
  );
end
$$;
comment on function engine.list_archive_message(public.audience_lists, boolean, boolean, boolean) is
'A sentence or more on what archiving a list does, or would do.';
revoke all on function engine.list_archive_message(public.audience_lists, boolean, boolean, boolean) from public;

-- sql/40_functions/audiences/list_audience_lists.sql
-- The lists of a team, newest first.
create or replace function public.list_audience_lists(
  p_search text default null,
  p_status text default 'ACTIVE',
  p_limit integer default 50,
  p_cursor text default null,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- counts campaigns and runs for a caller who was checked
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'viewer');
  v_limit integer := engine.page_limit(p_limit);
  v_after uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
  v_result jsonb;
begin
  if p_status is not null and p_status <> all(enum_range(null::public.audience_status)::text[]) then
    perform engine.refuse_issues(jsonb_build_array(
      engine.issue('status_unknown', 'p_status', 'The status must be ACTIVE or ARCHIVED, or null for both.')
    ), 'The request');
  end if;
  with page as (
    select l as list, row_number() over (order by l.id desc) as place
    from public.audience_lists as l
    where
      l.team_id = v_team_id
      and (v_after is null or l.id < v_after)
      and (p_status is null or l.status::text = p_status)
      and (coalesce(btrim(p_search), '') = '' or strpos(lower(l.name), lower(btrim(p_search))) > 0)
    order by l.id desc
    limit v_limit + 1
  )
  select jsonb_build_object(
    'items', coalesce(
      jsonb_agg(engine.describe_list(p.list) order by p.place) filter (where p.place <= v_limit), '[]'
    ),
    'next_cursor', case
      when count(*) > v_limit
        then engine.page_cursor(min(((p.list).id)::text) filter (where p.place = v_limit))
    end
  ) into v_result
  from page as p;
  return v_result;
end
$$;
comment on function public.list_audience_lists(text, text, integer, text, uuid) is
'A page of lists, newest first: {items[as get_audience_list], next_cursor}. p_search looks into names; p_status null means both.';
revoke all on function public.list_audience_lists(text, text, integer, text, uuid) from public;
grant execute on function public.list_audience_lists(text, text, integer, text, uuid) to authenticated, service_role;

-- sql/40_functions/audiences/list_name_issues.sql
-- What is wrong with the name of a list.
create or replace function engine.list_name_issues(p_name text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select case
    when coalesce(length(btrim(p_name)), 0) between 1 and 200 then '[]'
    else jsonb_build_array(engine.issue('name_length', 'p_name', 'The name must have 1 to 200 characters.'))
  end
$$;
comment on function engine.list_name_issues(text) is 'Issues of a list''s name; none is an empty array.';
revoke all on function engine.list_name_issues(text) from public;

-- sql/40_functions/audiences/lock_list.sql
-- A list that is about to change, for an operator. The role is checked before the lock is taken, so that
-- who may only read can't make writers wait; the row is read again under the lock.
create or replace function engine.lock_list(p_list_id uuid)
returns public.audience_lists
language plpgsql
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'operator');
begin
  select l.* into v_list from public.audience_lists as l
  where l.team_id = v_list.team_id and l.id = v_list.id
  for update;
  if v_list.id is null then
    perform engine.refuse_not_found('audience_list', p_list_id);
  end if;
  return v_list;
end
$$;
comment on function engine.lock_list(uuid) is 'A list that the caller may change, locked against other writers and launches.';
revoke all on function engine.lock_list(uuid) from public;

-- sql/40_functions/audiences/lock_run.sql
-- The run that a worker works on, held until the transaction ends.
create or replace function engine.lock_run(p_team_id uuid, p_run_id uuid, p_allowed public.run_status[])
returns public.audience_runs
language plpgsql
set search_path = ''
as $$
declare
  v_run public.audience_runs;
begin
  select * into v_run from public.audience_runs as r where r.team_id = p_team_id and r.id = p_run_id for update;
  if v_run.id is null then
    perform engine.refuse_not_found('audience_run', p_run_id);
  elsif v_run.status <> all(p_allowed) then
    perform engine.refuse(
      'OB002', format('The run is %s.', v_run.status),
      jsonb_build_object(
        'entity', 'audience_run', 'id', p_run_id, 'from', v_run.status, 'to', 'RUNNING',
        'allowed', engine.legal_steps('audience_run', v_run.status::text)
      ),
      'Start another run of the list.'
    );
  end if;
  return v_run;
end
$$;
comment on function engine.lock_run(uuid, uuid, public.run_status[]) is
'Locks a run that is in one of the allowed states; OB004 or OB002 otherwise.';
revoke all on function engine.lock_run(uuid, uuid, public.run_status[]) from public;

-- sql/40_functions/audiences/mark_duplicates.sql
-- A number that is in the file twice is one contact: its first accepted row is used, the others are
-- told, not refused.
create or replace function engine.mark_duplicates(p_team_id uuid, p_run_id uuid)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_count bigint;
begin
  with twice as (
    select c.phone, min(c.row_number) as first_row
    from engine.checked_rows as c
    where c.team_id = p_team_id and c.run_id = p_run_id and c.verdict = 'accepted'
    group by c.phone
    having count(*) > 1
  )
  update engine.checked_rows as c
  set
    verdict = 'duplicate',
    issues = coalesce(c.issues, '[]')
      || jsonb_build_array(jsonb_build_object('code', 'duplicate_phone', 'field', 'phone', 'value', c.phone))
  from twice as t
  where
    c.team_id = p_team_id and c.run_id = p_run_id and c.verdict = 'accepted'
    and c.phone = t.phone and c.row_number > t.first_row;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.mark_duplicates(uuid, uuid) is 'Marks later rows of a number that an earlier row has; returns how many.';
revoke all on function engine.mark_duplicates(uuid, uuid) from public;

-- sql/40_functions/audiences/mark_excluded.sql
-- Rows of people whom the list leaves out: kept apart, with the reason by row, and not stored. Batch by
-- batch, so that memory stays flat whatever the file's size: that is the reason for the loop.
create or replace function engine.mark_excluded(p_team_id uuid, p_run_id uuid, p_exclusions jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  c_batch constant bigint := 10000;
  v_from bigint;
  v_excluded bigint := 0::bigint;
  v_batch bigint;
begin
  if p_exclusions = '{}' then
    return 0::bigint;
  end if;
  loop
    select min(k.row_number) into v_from
    from engine.checked_rows as k
    where k.team_id = p_team_id and k.run_id = p_run_id and k.row_number >= coalesce(v_from, 0);
    exit when v_from is null;
    update engine.checked_rows as k
    set
      verdict = 'excluded',
      issues = coalesce(k.issues, '[]')
        || jsonb_build_array(jsonb_build_object('code', f.reason, 'field', 'phone', 'value', k.phone))
    from engine.find_exclusions(p_team_id, p_exclusions, (
      select array_agg((
        r.row_number, c.id, r.phone, coalesce(r.servicetitan_customer_id, c.servicetitan_customer_id)
      )::engine.candidate)
      from engine.checked_rows as r
      left join public.contacts as c on r.team_id = c.team_id and r.phone = c.phone
      where
        r.team_id = p_team_id and r.run_id = p_run_id and r.verdict = 'accepted'
        and r.row_number >= v_from and r.row_number < v_from + c_batch
    )) as f
    where k.team_id = p_team_id and k.run_id = p_run_id and k.row_number = f.ordinal;
    get diagnostics v_batch = row_count;
    v_excluded := v_excluded + v_batch;
    v_from := v_from + c_batch;
  end loop;
  return v_excluded;
end
$$;
comment on function engine.mark_excluded(uuid, uuid, jsonb) is
'Marks the accepted rows of a run that exclusions leave out; returns how many.';
revoke all on function engine.mark_excluded(uuid, uuid, jsonb) from public;

-- sql/40_functions/audiences/new_list.sql
-- The one way a list comes to be.
create or replace function engine.new_list(
  p_team_id uuid, p_name text, p_source public.audience_source, p_definition jsonb, p_exclusions jsonb default '{}'
)
returns uuid
language sql
volatile
set search_path = ''
as $$
  insert into public.audience_lists (team_id, name, source, definition, exclusions)
  values (p_team_id, btrim(p_name), p_source, p_definition, p_exclusions)
  returning id
$$;
comment on function engine.new_list(uuid, text, public.audience_source, jsonb, jsonb) is 'Makes a list and returns its id.';
revoke all on function engine.new_list(uuid, text, public.audience_source, jsonb, jsonb) from public;

-- sql/40_functions/audiences/open_run.sql
-- A new run, unless the list has one. An index keeps it so whoever comes at the same moment.
create or replace function engine.open_run(
  p_team_id uuid, p_list_id uuid, p_list_name text, p_source public.audience_source, p_is_partial_allowed boolean,
  p_mapping jsonb, p_file_name text
)
returns public.audience_runs
language plpgsql
set search_path = ''
as $$
declare
  v_run public.audience_runs;
  v_open_id uuid;
begin
  perform engine.fail_stale_runs();
  insert into public.audience_runs (
    team_id, list_id, list_name, source, is_partial_allowed, mapping, file_name, started_by, lease_expires_at
  )
  values (
    p_team_id, p_list_id, p_list_name, p_source, coalesce(p_is_partial_allowed, false), p_mapping, left(p_file_name, 255),
    (select auth.uid()), engine.now() + engine.run_lease()
  )
  on conflict do nothing
  returning * into v_run;
  if v_run.id is null then
    select r.id into v_open_id from public.audience_runs as r
    where
      r.team_id = p_team_id and r.status in ('QUEUED', 'RUNNING')
      and (r.list_id = p_list_id or (p_list_id is null and r.list_id is null and lower(r.list_name) = lower(p_list_name)));
    perform engine.refuse(
      'OB005',
      format('The list "%s" is being imported or refreshed at this moment.', p_list_name),
      jsonb_build_object('entity', 'audience_list', 'id', p_list_id, 'used_by', jsonb_build_array(
        jsonb_build_object('entity', 'audience_run', 'id', v_open_id)
      )),
      'Wait until that run has ended; get_audience_runs shows it.'
    );
  end if;
  return v_run;
end
$$;
comment on function engine.open_run(uuid, uuid, text, public.audience_source, boolean, jsonb, text) is
'Queues a run of a list; OB005 while the list has another.';
revoke all on function engine.open_run(uuid, uuid, text, public.audience_source, boolean, jsonb, text) from public;

-- sql/40_functions/audiences/page_cursor.sql
-- Cursors are opaque: what is in one may change with any release.
create or replace function engine.page_cursor(p_key text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select translate(encode(convert_to(p_key, 'UTF8'), 'base64'), E'+/=\n', '-_')
$$;
comment on function engine.page_cursor(text) is 'The opaque cursor of a page that ends with this key.';
revoke all on function engine.page_cursor(text) from public;

-- sql/40_functions/audiences/page_key.sql
-- The key in a cursor, or OB001 when it is none of ours. The pattern is what its kind of key looks like.
create or replace function engine.page_key(p_cursor text, p_pattern text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_key text;
  v_base64 text := translate(p_cursor, '-_', '+/');
begin
  if p_cursor is null then
    return null;
  end if;
  if v_base64 ~ '^[A-Za-z0-9+/]+$' and length(v_base64) % 4 <> 1 then
    v_key := encode(decode(rpad(v_base64, ceil(length(v_base64) / 4.0)::integer * 4, '='), 'base64'), 'escape');
  end if;
  if v_key is null or v_key !~ p_pattern then
    perform engine.refuse_issues(
      jsonb_build_array(engine.issue('cursor_malformed', 'p_cursor', 'This is not a cursor of this list.')), 'The request'
    );
  end if;
  return v_key;
end
$$;
comment on function engine.page_key(text, text) is 'The key that a cursor carries; OB001 when it does not fit the pattern.';
revoke all on function engine.page_key(text, text) from public;

-- sql/40_functions/audiences/page_limit.sql
-- A page has a size; more than the limit is refused rather than quietly cut.
create or replace function engine.page_limit(p_limit integer)
returns integer
language plpgsql
immutable
set search_path = ''
as $$
declare
  c_limit constant integer := 1000;
begin
  if p_limit is null then
    return 50;
  elsif p_limit < 1 then
    perform engine.refuse_issues(
      jsonb_build_array(engine.issue('limit_not_positive', 'p_limit', 'A page has at least one row.')), 'The request'
    );
  elsif p_limit > c_limit then
    perform engine.refuse(
      'OB009', format('A page has at most %s rows.', c_limit),
      jsonb_build_object('limit', c_limit, 'actual', p_limit), 'Ask for further pages with p_cursor.'
    );
  end if;
  return p_limit;
end
$$;
comment on function engine.page_limit(integer) is 'The size of a page: 50 unless asked, at most 1000 (OB009).';
revoke all on function engine.page_limit(integer) from public;

-- sql/40_functions/audiences/read_columns.sql
-- The columns of rows as a frontend or a file brings them: objects by their keys, arrays by their
-- header where they have one. A title above the header is skipped. Columns without a name are called
-- by their place, and a name that comes twice is told apart.
create or replace function engine.read_columns(p_rows jsonb)
returns table (is_objects boolean, header_row integer, columns text[])
language plpgsql
stable
set search_path = ''
as $$
declare
  v_width integer;
begin
  is_objects := jsonb_typeof(p_rows -> 0) = 'object';
  header_row := 0;
  if is_objects then
    columns := array(
      select k.key from jsonb_array_elements(p_rows) with ordinality as r (item, place)
      cross join lateral jsonb_object_keys(r.item) with ordinality as k (key, within)
      group by k.key order by min(r.place * 10000 + k.within)
    );
    return next;
    return;
  end if;
  -- the first rows that hold something; a lone cell above a wider header is a title
  select r.place::integer into header_row
  from jsonb_array_elements(p_rows) with ordinality as r (cells, place)
  cross join lateral (
    select count(*) from jsonb_array_elements_text(r.cells) as c (cell) where btrim(c.cell) <> ''
  ) as f (filled)
  where r.place <= 10 and f.filled > 0
  order by (f.filled = 1 and jsonb_array_length(r.cells) > 1), r.place
  limit 1;
  if header_row is null or not engine.is_header(p_rows -> (header_row - 1)) then
    header_row := 0;
  end if;
  select max(jsonb_array_length(r.cells)) into v_width from jsonb_array_elements(p_rows) as r (cells);
  columns := array(
    select case when n.times > 1 then format('%s (%s)', n.name, n.times) else n.name end
    from (
      select g.place, c.name, row_number() over (partition by c.name order by g.place) as times
      from generate_series(1, v_width) as g (place)
      cross join lateral (
        select coalesce(
          nullif(btrim(p_rows -> (header_row - 1) ->> (g.place - 1), E' \t\r\n\u00A0\uFEFF'), ''),
          format('column %s', g.place)
        )
        where header_row > 0
        union all
        select format('column %s', g.place) where header_row = 0
      ) as c (name)
    ) as n
    order by n.place
  );
  return next;
end
$$;
comment on function engine.read_columns(jsonb) is
'Columns of rows given as objects or as arrays: (whether objects, place of the header row from 1 or 0 for none, names in order).';
revoke all on function engine.read_columns(jsonb) from public;

-- sql/40_functions/audiences/read_exclusions.sql
-- Exclusions as they are kept: each in one spelling, nothing twice, and nothing that says nothing. They
-- have been found in order before.
create or replace function engine.read_exclusions(p_team_id uuid, p_exclusions jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(k.name, k.kept), '{}')
  from (
    select e.name, case
      when e.name in ('list_ids', 'campaign_ids') then (
        select jsonb_agg(distinct lower(v.written)) from jsonb_array_elements_text(e.value) as v (written)
      )
      when e.name = 'tags' then (
        select jsonb_agg(distinct v.written::bigint) from jsonb_array_elements_text(e.value) as v (written)
      )
      when e.name = 'phones' then (
        select jsonb_agg(distinct p.phone)
        from public.teams as t
        cross join lateral engine.parse_phones(
          array(select v.written from jsonb_array_elements_text(e.value) as v (written)), t.country, t.is_sandbox
        ) as p
        where t.id = p_team_id
      )
      else e.value
    end as kept
    from jsonb_each(p_exclusions) as e (name, value)
    where e.value not in ('null', 'false', '[]')
  ) as k
$$;
comment on function engine.read_exclusions(uuid, jsonb) is
'{list_ids?[], campaign_ids?[], tags?[number], contacted_within?, booked_within?, already_booked?, phones?[E.164]}.';
revoke all on function engine.read_exclusions(uuid, jsonb) from public;

-- sql/40_functions/audiences/read_mapping.sql
-- A mapping as a person states it, over the guess: {field: name | [names] | null}. Every problem of it
-- is found at once. Names may differ from the header in case and punctuation.
create or replace function engine.read_mapping(p_stated jsonb, p_guess jsonb, p_columns text[])
returns table (mapping jsonb, issues jsonb)
language sql
stable
set search_path = ''
as $$
  with stated as (
    select s.field, n.name, n.place
    from jsonb_each(case when jsonb_typeof(p_stated) = 'object' then p_stated else '{}' end) as s (field, value)
    cross join lateral jsonb_array_elements(
      case jsonb_typeof(s.value) when 'array' then s.value else jsonb_build_array(s.value) end
    ) with ordinality as n (name, place)
  ),
  found as (
    select
      s.field,
      s.place,
      s.name,
      (
        select c.name from unnest(p_columns) with ordinality as c (name, place)
        where c.name = s.name #>> '{}' or engine.header_key(c.name) = engine.header_key(s.name #>> '{}')
        order by (c.name = s.name #>> '{}') desc, c.place
        limit 1
      ) as column_name
    from stated as s
  ),
  problems as (
    select engine.issue('mapping_malformed', 'p_mapping', 'The mapping must be an object of fields and column names.') as issue
    where p_stated is not null and jsonb_typeof(p_stated) not in ('object', 'null')
    union all
    select engine.issue(
      'mapping_field_unknown', 'p_mapping.' || f.field,
      format('There is no field %s; fields are phone, first_name, last_name, full_name, email, timezone, postal_code and servicetitan_customer_id.', f.field)
    )
    from (select distinct f.field from found as f) as f
    where not exists (select from reference.import_headers as h where h.field = f.field)
    union all
    select engine.issue(
      'mapping_column_unknown', 'p_mapping.' || f.field,
      format('There is no column %s; the columns are: %s.', f.name #>> '{}', array_to_string(p_columns, ', '))
    )
    from found as f
    where f.column_name is null and jsonb_typeof(f.name) <> 'null'
    union all
    select engine.issue('mapping_field_takes_one_column', 'p_mapping.' || f.field, format('Only phone may be read from several columns, not %s.', f.field))
    from found as f
    group by f.field
    having f.field <> 'phone' and count(*) > 1
  ),
  merged as (
    select p_guess - array(select f.field from found as f)
      || coalesce(jsonb_object_agg(m.field, m.names), '{}') as mapping
    from (
      select f.field, jsonb_agg(f.column_name order by f.place) as names
      from found as f
      where f.column_name is not null
      group by f.field
    ) as m
  )
  select
    m.mapping,
    coalesce((select jsonb_agg(p.issue) from problems as p), '[]')
    || case
      when m.mapping ? 'phone' or exists (select from problems) then '[]'
      else jsonb_build_array(engine.issue(
        'phone_column_missing', 'p_mapping.phone',
        format('No column holds phone numbers; the columns are: %s.', coalesce(nullif(array_to_string(p_columns, ', '), ''), '(none)'))
      ))
    end
  from merged as m
$$;
comment on function engine.read_mapping(jsonb, jsonb, text[]) is 'The stated mapping over the guessed one: ({field: [names]}, issues).';
revoke all on function engine.read_mapping(jsonb, jsonb, text[]) from public;

-- sql/40_functions/audiences/read_request_rows.sql
-- What a request brings, understood or refused as a whole: its shape, its columns, the mapping.
create or replace function engine.read_request_rows(p_rows jsonb, p_mapping jsonb, p_country text)
returns table (is_objects boolean, header_row integer, columns text[], mapping jsonb)
language plpgsql
stable
set search_path = ''
as $$
declare
  c_limit constant integer := 20000; -- what fits into the time that an API call has; files go through the command line
  v_issues jsonb;
begin
  if p_rows is null or jsonb_typeof(p_rows) <> 'array' or jsonb_array_length(p_rows) = 0 then
    perform engine.refuse_issues(
      jsonb_build_array(engine.issue('rows_missing', 'p_rows', 'There are no rows.')), 'The file'
    );
  end if;
  if jsonb_array_length(p_rows) > c_limit then
    perform engine.refuse(
      'OB009', format('An API call takes %s rows, and these are %s.', c_limit, jsonb_array_length(p_rows)),
      jsonb_build_object('limit', c_limit, 'actual', jsonb_array_length(p_rows)),
      'Import larger files with: outbound audiences import FILE'
    );
  end if;
  if exists (
    select from jsonb_array_elements(p_rows) as r (item)
    where jsonb_typeof(r.item) <> jsonb_typeof(p_rows -> 0) or jsonb_typeof(r.item) not in ('object', 'array')
  ) then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'rows_malformed', 'p_rows', 'Rows must be all objects ({"Phone": "…"}) or all arrays of cells.'
    )), 'The file');
  end if;
  select r.is_objects, r.header_row, r.columns into is_objects, header_row, columns
  from engine.read_columns(p_rows) as r;
  select m.mapping, m.issues into mapping, v_issues
  from engine.read_mapping(
    p_mapping, engine.guess_mapping(p_rows, is_objects, header_row, columns, p_country), columns
  ) as m;
  perform engine.refuse_issues(v_issues, 'The file');
  return next;
end
$$;
comment on function engine.read_request_rows(jsonb, jsonb, text) is
'Shape, columns and mapping of the rows of a request; OB001 when they cannot be read, OB009 when they are too many.';
revoke all on function engine.read_request_rows(jsonb, jsonb, text) from public;

-- sql/40_functions/audiences/record_run_errors.sql
-- Keeps what was wrong with the rows, in order of the file.
create or replace function engine.record_run_errors(p_run public.audience_runs)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_warned bigint;
begin
  insert into public.audience_run_errors (
    team_id, run_id, position, row_number, column_name, code, severity, value, servicetitan_customer_id
  )
  select
    p_run.team_id, p_run.id, row_number() over (order by c.row_number, i.place), c.row_number,
    l.label, i.issue ->> 'code', p.severity, i.issue ->> 'value', c.servicetitan_customer_id
  from engine.checked_rows as c
  cross join lateral jsonb_array_elements(c.issues) with ordinality as i (issue, place)
  inner join reference.import_problems as p on i.issue ->> 'code' = p.code
  inner join (
    select f.field, engine.column_label(p_run.mapping, f.field) as label
    from unnest(array[
      '', 'phone', 'first_name', 'last_name', 'email', 'timezone', 'postal_code', 'servicetitan_customer_id'
    ]) as f (field)
  ) as l on coalesce(i.issue ->> 'field', '') = l.field
  where c.team_id = p_run.team_id and c.run_id = p_run.id and c.issues is not null;
  select count(distinct e.row_number) into v_warned
  from public.audience_run_errors as e
  inner join engine.checked_rows as c
    on e.team_id = c.team_id and e.run_id = c.run_id and e.row_number = c.row_number and c.verdict = 'accepted'
  where e.team_id = p_run.team_id and e.run_id = p_run.id and e.severity = 'warning';
  return v_warned;
end
$$;
comment on function engine.record_run_errors(public.audience_runs) is
'Stores the issues of a run''s rows; returns how many accepted rows have a warning.';
revoke all on function engine.record_run_errors(public.audience_runs) from public;

-- sql/40_functions/audiences/refusal_of_run.sql
-- Why the rows of a run are not stored, in one sentence with counts; null when they are.
create or replace function engine.refusal_of_run(p_run public.audience_runs)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when p_run.fetched_count = 0 then 'The file has no rows below its header.'
    when p_run.rejected_count = p_run.fetched_count or (p_run.rejected_count > 0 and not p_run.is_partial_allowed)
      then format(
        '%s of %s rows cannot be used (%s); nothing was stored.', p_run.rejected_count, p_run.fetched_count,
        (
          select string_agg(format('%s × %s', n.times, n.code), ', ' order by n.times desc, n.code)
          from (
            select e.code, count(*) as times
            from public.audience_run_errors as e
            where e.team_id = p_run.team_id and e.run_id = p_run.id and e.severity = 'error'
            group by e.code
          ) as n
        )
      )
  end
$$;
comment on function engine.refusal_of_run(public.audience_runs) is 'The sentence that refuses a checked run, or null.';
revoke all on function engine.refusal_of_run(public.audience_runs) from public;

-- sql/40_functions/audiences/refuse_archived_list.sql
-- What every write to an archived list is told.
create or replace function engine.refuse_archived_list(p_list_id uuid)
returns void
language sql
set search_path = ''
as $$
  select engine.refuse(
    'OB003', 'The list is archived.',
    jsonb_build_object('entity', 'audience_list', 'id', p_list_id, 'status', 'ARCHIVED'), 'Unarchive it first.'
  )
$$;
comment on function engine.refuse_archived_list(uuid) is 'Raises OB003 for an archived list.';
revoke all on function engine.refuse_archived_list(uuid) from public;

-- sql/40_functions/audiences/refuse_archived_run.sql
-- Looks at the list under a lock that archiving waits for, so that of a run and an archive that meet
-- the second sees what the first did.
create or replace function engine.refuse_archived_run()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_status public.audience_status;
begin
  select l.status into v_status from public.audience_lists as l
  where l.team_id = new.team_id and l.id = new.list_id
  for key share;
  if v_status = 'ARCHIVED' then
    perform engine.refuse_archived_list(new.list_id);
  end if;
  return new;
end
$$;
comment on function engine.refuse_archived_run() is 'Raises OB003 for a new run of an archived list.';
revoke all on function engine.refuse_archived_run() from public;

-- sql/40_functions/audiences/refuse_list_step.sql
-- Archiving what is archived, and the other way round.
create or replace function engine.refuse_list_step(p_list public.audience_lists, p_to public.audience_status)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_list.status = p_to then
    perform engine.refuse(
      'OB002', format('The list is %s already.', lower(p_to::text)),
      jsonb_build_object(
        'entity', 'audience_list', 'id', p_list.id, 'from', p_list.status, 'to', p_to,
        'allowed', engine.legal_steps('audience_list', p_list.status::text)
      ),
      'There is nothing to do.'
    );
  end if;
end
$$;
comment on function engine.refuse_list_step(public.audience_lists, public.audience_status) is
'Raises OB002 for a list that has the status already.';
revoke all on function engine.refuse_list_step(public.audience_lists, public.audience_status) from public;

-- sql/40_functions/audiences/refuse_member_move.sql
-- A member is added or removed; which list and which contact it is never changes, or the count of its
-- list would.
create or replace function engine.refuse_member_move()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform engine.refuse(
    'OB003', 'A member of a list cannot become another one.',
    jsonb_build_object('entity', 'audience_member', 'id', old.contact_id, 'status', null), ''
  );
  return null;
end
$$;
comment on function engine.refuse_member_move() is 'Raises OB003 when the key of a member changes.';
revoke all on function engine.refuse_member_move() from public;

-- sql/40_functions/audiences/refuse_running_list.sql
-- A run that somebody has begun fills the list at this moment.
create or replace function engine.refuse_running_list(p_list public.audience_lists)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_used_by jsonb;
begin
  select jsonb_agg(jsonb_build_object('entity', 'audience_run', 'id', r.id, 'status', r.status)) into v_used_by
  from public.audience_runs as r
  where r.team_id = p_list.team_id and r.list_id = p_list.id and r.status = 'RUNNING';
  if v_used_by is not null then
    perform engine.refuse(
      'OB005', 'The list is being imported or refreshed at this moment.',
      jsonb_build_object('entity', 'audience_list', 'id', p_list.id, 'used_by', v_used_by),
      'Wait until that run has ended; get_audience_runs shows it.'
    );
  end if;
end
$$;
comment on function engine.refuse_running_list(public.audience_lists) is 'Raises OB005 while a run of the list is RUNNING.';
revoke all on function engine.refuse_running_list(public.audience_lists) from public;

-- sql/40_functions/audiences/refuse_used_list.sql
-- The list that campaigns reach people from can't be taken from under them.
create or replace function engine.refuse_used_list(p_list public.audience_lists)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_used_by jsonb;
begin
  select jsonb_agg(
    jsonb_build_object('entity', 'campaign', 'id', c.id, 'name', c.name, 'status', c.status) order by c.name, c.id
  )
  into v_used_by
  from public.campaigns as c
  where c.team_id = p_list.team_id and c.list_id = p_list.id and c.needs_list_status is not null;
  if v_used_by is not null then
    perform engine.refuse(
      'OB005',
      case jsonb_array_length(v_used_by)
        when 1 then format('The campaign "%s" uses this list.', v_used_by -> 0 ->> 'name')
        else format('%s campaigns use this list, "%s" among them.', jsonb_array_length(v_used_by), v_used_by -> 0 ->> 'name')
      end,
      jsonb_build_object('entity', 'audience_list', 'id', p_list.id, 'used_by', v_used_by),
      'Wait until they are completed, or unschedule or cancel them.'
    );
  end if;
end
$$;
comment on function engine.refuse_used_list(public.audience_lists) is
'Raises OB005 while a SCHEDULED, ACTIVE or PAUSED campaign uses the list; used_by is [{entity, id, name, status}].';
revoke all on function engine.refuse_used_list(public.audience_lists) from public;

-- sql/40_functions/audiences/require_list.sql
-- A list of the caller's teams, for a role.
create or replace function engine.require_list(p_list_id uuid, p_needs public.team_role)
returns public.audience_lists
language plpgsql
stable
set search_path = ''
as $$
declare
  v_list public.audience_lists;
begin
  select * into v_list from public.audience_lists as l
  where l.team_id = any(engine.caller_team_ids()) and l.id = p_list_id;
  if v_list.id is null then
    perform engine.refuse_not_found('audience_list', p_list_id);
  end if;
  perform engine.require_role(v_list.team_id, p_needs);
  return v_list;
end
$$;
comment on function engine.require_list(uuid, public.team_role) is 'The list, when the caller may: OB004 or OB008 otherwise.';
revoke all on function engine.require_list(uuid, public.team_role) from public;

-- sql/40_functions/audiences/require_open_list.sql
-- A list that takes an import: of the caller's team, for files, and not archived.
create or replace function engine.require_open_list(p_list_id uuid)
returns public.audience_lists
language plpgsql
stable
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'operator');
begin
  if v_list.status = 'ARCHIVED' then
    perform engine.refuse_archived_list(v_list.id);
  end if;
  if v_list.source <> 'csv' then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'source_takes_no_rows', 'p_list_id', format('The list is filled from %s, not from files.', v_list.source)
    )), 'The list');
  end if;
  return v_list;
end
$$;
comment on function engine.require_open_list(uuid) is 'A list that rows can be imported into; OB001, OB003, OB004 or OB008 otherwise.';
revoke all on function engine.require_open_list(uuid) from public;

-- sql/40_functions/audiences/row_issues.sql
-- The problems of one row in the order of importance. Called for the few rows that have any.
create or replace function engine.row_issues(
  p_phone_problem text, p_phone text, p_others text[], p_reader_problem text, p_bad_email text, p_bad_timezone text,
  p_bad_customer_id text, p_first_name text, p_last_name text
)
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('code', i.code, 'field', i.field, 'value', left(i.value, 200))))
  from (
    select p_phone_problem as code, 'phone' as field, nullif(btrim(p_phone), '') as value
    -- a source that knows why there is none says so itself
    where p_phone_problem is not null and not (p_phone_problem = 'phone_missing' and starts_with(coalesce(p_reader_problem, ''), 'phone_'))
    union all
    select 'phone_extra_unused', 'phone', o.other from unnest(p_others) as o (other)
    union all
    select p_reader_problem, null, null where p_reader_problem is not null
    union all
    select 'email_invalid', 'email', p_bad_email where p_bad_email is not null
    union all
    select 'timezone_unknown', 'timezone', p_bad_timezone where p_bad_timezone is not null
    union all
    select 'customer_id_invalid', 'servicetitan_customer_id', p_bad_customer_id where p_bad_customer_id is not null
    union all
    select 'value_too_long', 'first_name', p_first_name where length(p_first_name) > 200
    union all
    select 'value_too_long', 'last_name', p_last_name where length(p_last_name) > 200
  ) as i
$$;
comment on function engine.row_issues(text, text, text[], text, text, text, text, text, text) is 'Issues of one row: [{code, field, value}].';
revoke all on function engine.row_issues(text, text, text[], text, text, text, text, text, text) from public;

-- sql/40_functions/audiences/rows_from_json.sql
-- Rows of a request in the shape of staged rows. Blank rows are left out; a row's number is its place
-- in the request, the header counted.
create or replace function engine.rows_from_json(
  p_team_id uuid, p_run_id uuid, p_rows jsonb, p_is_objects boolean, p_header_row integer, p_columns text[], p_mapping jsonb
)
returns setof engine.import_rows
language sql
immutable
set search_path = ''
as $$
  select
    p_team_id, p_run_id, r.place,
    f.cells ->> 'phone', f.cells ->> 'first_name', f.cells ->> 'last_name', f.cells ->> 'full_name', f.cells ->> 'email',
    f.cells ->> 'timezone', f.cells ->> 'postal_code', f.cells ->> 'servicetitan_customer_id',
    case
      when not p_is_objects and p_header_row > 0 and exists (
        select from jsonb_array_elements_text(r.item) with ordinality as c (cell, place)
        where c.place > jsonb_array_length(p_rows -> (p_header_row - 1)) and btrim(c.cell) <> ''
      ) then 'row_has_extra_cells'
    end
  from jsonb_array_elements(p_rows) with ordinality as r (item, place)
  cross join lateral (
    select jsonb_object_agg(m.field, (
      select string_agg(v.cell, E'\n' order by n.place)
      from jsonb_array_elements_text(m.names) with ordinality as n (name, place)
      cross join lateral (
        values (case when p_is_objects then r.item ->> n.name else r.item ->> (array_position(p_columns, n.name) - 1) end)
      ) as v (cell)
      where btrim(v.cell) <> ''
    ))
    from jsonb_each(p_mapping) as m (field, names)
  ) as f (cells)
  where r.place > p_header_row and exists (
    select from jsonb_array_elements_text(
      case when p_is_objects then jsonb_path_query_array(r.item, '$.*') else r.item end
    ) as c (cell)
    where btrim(c.cell, E' \t\r\n\u00A0') <> ''
  )
$$;
comment on function engine.rows_from_json(uuid, uuid, jsonb, boolean, integer, text[], jsonb) is 'Rows of a request as staged rows.';
revoke all on function engine.rows_from_json(uuid, uuid, jsonb, boolean, integer, text[], jsonb) from public;

-- sql/40_functions/audiences/run_lease.sql
-- How long a run may be silent before it counts as abandoned. A transaction that holds the run's row
-- keeps it alive without a word, so this bridges only the time between transactions.
create or replace function engine.run_lease()
returns interval
language sql
immutable
parallel safe
set search_path = ''
as $$ select interval '15 minutes' $$;
comment on function engine.run_lease() is 'How long an open run may be silent.';
revoke all on function engine.run_lease() from public;

-- sql/40_functions/audiences/sample_cells.sql
-- Cells of the first rows below the header, by column: what a guess looks at.
create or replace function engine.sample_cells(p_rows jsonb, p_is_objects boolean, p_header_row integer, p_columns text[])
returns table (place integer, cell text)
language sql
immutable
parallel safe
set search_path = ''
as $$
  select c.place::integer, v.cell
  from (
    select r.item from jsonb_array_elements(p_rows) with ordinality as r (item, row_place)
    where r.row_place > p_header_row
    order by r.row_place
    limit 200
  ) as r
  cross join lateral unnest(p_columns) with ordinality as c (name, place)
  cross join lateral (
    values (btrim(case when p_is_objects then r.item ->> c.name else r.item ->> (c.place::integer - 1) end))
  ) as v (cell)
  where v.cell <> ''
$$;
comment on function engine.sample_cells(jsonb, boolean, integer, text[]) is 'Cells of the first 200 data rows as (column place, cell); blank ones left out.';
revoke all on function engine.sample_cells(jsonb, boolean, integer, text[]) from public;

-- sql/40_functions/audiences/stage_members.sql
-- Rows of a running run, in batches; COPY into engine.import_rows is the way for whole files. The
-- same row again is ignored, so a worker that crashed may send a batch twice.
create or replace function engine.stage_members(p_team_id uuid, p_run_id uuid, p_rows jsonb)
returns bigint
language plpgsql
security definer -- workers may write no table but the staging
set search_path = ''
as $$
declare
  v_count bigint;
begin
  perform engine.lock_run(p_team_id, p_run_id, '{RUNNING}');
  update public.audience_runs as r
  set lease_expires_at = engine.now() + engine.run_lease()
  where r.team_id = p_team_id and r.id = p_run_id;
  insert into engine.import_rows (
    team_id, run_id, row_number, phone, first_name, last_name, full_name, email, timezone, postal_code,
    servicetitan_customer_id, reader_problem
  )
  select
    p_team_id, p_run_id, r.row_number, r.phone, r.first_name, r.last_name, r.full_name, r.email, r.timezone,
    r.postal_code, r.servicetitan_customer_id, r.reader_problem
  from jsonb_to_recordset(p_rows) as r (
    row_number bigint, phone text, first_name text, last_name text, full_name text, email text, timezone text,
    postal_code text, servicetitan_customer_id text, reader_problem text
  )
  on conflict (team_id, run_id, row_number) do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.stage_members(uuid, uuid, jsonb) is
'Stages rows [{row_number, phone, first_name, …}] of a running run and renews its lease; returns how many are new.';
revoke all on function engine.stage_members(uuid, uuid, jsonb) from public;
grant execute on function engine.stage_members(uuid, uuid, jsonb) to outbound_worker;

-- sql/40_functions/audiences/start_audience_import.sql
-- Authorises an import whose rows a worker copies in. The first rows of the file show its columns;
-- with those the mapping is settled here, by the same rule as for rows from a frontend.
create or replace function public.start_audience_import(
  p_sample jsonb,
  p_list_id uuid default null,
  p_list_name text default null,
  p_mapping jsonb default null,
  p_partial boolean default false,
  p_file_name text default null,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
security definer -- writes public.audience_runs, which no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists;
  v_team public.teams;
  v_list_id uuid;
  v_shape record;
  v_run public.audience_runs;
begin
  if p_list_id is not null then
    v_list := engine.require_open_list(p_list_id);
  end if;
  select * into v_team from public.teams as t
  where t.id = engine.require_team(coalesce(v_list.team_id, p_team_id), 'operator');
  if p_list_id is null then
    perform engine.refuse_issues(engine.list_name_issues(p_list_name), 'The list');
    v_list_id := engine.find_list_for_import(v_team.id, p_list_name);
    if v_list_id is not null then
      v_list := engine.require_open_list(v_list_id);
    end if;
  end if;
  select * into v_shape from engine.read_request_rows(p_sample, p_mapping, v_team.country);
  v_run := engine.open_run(
    v_team.id, v_list.id, coalesce(v_list.name, btrim(p_list_name)), 'csv', p_partial, v_shape.mapping, p_file_name
  );
  return jsonb_build_object(
    'run_id', v_run.id, 'team_id', v_team.id, 'list_id', v_list.id, 'list_name', v_run.list_name,
    'header_row', v_shape.header_row, 'columns', to_jsonb(v_shape.columns), 'mapping', v_shape.mapping,
    'places', (
      select jsonb_object_agg(m.field, (
        select jsonb_agg(array_position(v_shape.columns, n.name) order by n.place)
        from jsonb_array_elements_text(m.names) with ordinality as n (name, place)
      ))
      from jsonb_each(v_shape.mapping) as m (field, names)
    )
  );
end
$$;
comment on function public.start_audience_import(jsonb, uuid, text, jsonb, boolean, text, uuid) is
'Queues the import of a file by a worker, given its first rows as arrays: {run_id, team_id, list_id, list_name, '
'header_row, columns, mapping{field: [column]}, places{field: [column place from 1]}}.';
revoke all on function public.start_audience_import(jsonb, uuid, text, jsonb, boolean, text, uuid) from public;
grant execute on function public.start_audience_import(jsonb, uuid, text, jsonb, boolean, text, uuid) to authenticated, service_role;

-- sql/40_functions/audiences/start_run.sql
-- A worker begins a queued run, or takes one up again that it began. Rows that were staged before a
-- crash are still there, and staging them again changes nothing.
create or replace function engine.start_run(p_team_id uuid, p_run_id uuid)
returns table (list_id uuid, source public.audience_source, mapping jsonb, lease_expires_at timestamptz)
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  perform engine.lock_run(p_team_id, p_run_id, '{QUEUED,RUNNING}');
  return query
  update public.audience_runs as r
  set status = 'RUNNING', started_at = coalesce(r.started_at, engine.now()), lease_expires_at = engine.now() + engine.run_lease()
  where r.team_id = p_team_id and r.id = p_run_id
  returning r.list_id, r.source, r.mapping, r.lease_expires_at;
end
$$;
comment on function engine.start_run(uuid, uuid) is
'Moves a run to RUNNING and leases it; in a running one it renews the lease. The caller''s transaction holds the run.';
revoke all on function engine.start_run(uuid, uuid) from public;
grant execute on function engine.start_run(uuid, uuid) to outbound_worker;

-- sql/40_functions/audiences/store_run.sql
-- Makes members of the accepted rows. A contact that is there keeps what the file leaves empty; what
-- the file says wins. Contacts are written in order of their number, always, so that two imports of a
-- team wait for each other instead of deadlocking.
create or replace function engine.store_run(p_team_id uuid, p_run_id uuid, p_list_id uuid)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := engine.now();
  v_added bigint;
begin
  insert into public.contacts as c (
    team_id, id, phone, phone_extension, first_name, last_name, email, timezone, timezones, regions, postal_code,
    servicetitan_customer_id, created_at, updated_at
  )
  select
    p_team_id, k.contact_id, k.phone, k.phone_extension, k.first_name, k.last_name, k.email, k.timezone, k.timezones,
    k.regions, k.postal_code, k.servicetitan_customer_id, v_now, v_now
  from engine.checked_rows as k
  where k.team_id = p_team_id and k.run_id = p_run_id and k.verdict = 'accepted'
  order by k.phone collate "C"
  on conflict (team_id, phone) do update set
    phone_extension = coalesce(excluded.phone_extension, c.phone_extension),
    first_name = coalesce(excluded.first_name, c.first_name),
    last_name = coalesce(excluded.last_name, c.last_name),
    email = coalesce(excluded.email, c.email),
    timezone = coalesce(excluded.timezone, c.timezone),
    postal_code = coalesce(excluded.postal_code, c.postal_code),
    servicetitan_customer_id = coalesce(excluded.servicetitan_customer_id, c.servicetitan_customer_id),
    -- the zones of a stated zone, else of a ZIP code, from whichever of the two rows knows one
    timezones = case
      when excluded.timezone is not null then excluded.timezones
      when c.timezone is not null or (excluded.postal_code is null and c.postal_code is not null) then c.timezones
      else excluded.timezones
    end,
    regions = case
      when excluded.postal_code is null and c.postal_code is not null then c.regions else excluded.regions
    end,
    updated_at = excluded.updated_at
  where (
    coalesce(excluded.phone_extension, c.phone_extension), coalesce(excluded.first_name, c.first_name),
    coalesce(excluded.last_name, c.last_name), coalesce(excluded.email, c.email),
    coalesce(excluded.timezone, c.timezone), coalesce(excluded.postal_code, c.postal_code),
    coalesce(excluded.servicetitan_customer_id, c.servicetitan_customer_id)
  ) is distinct from (
    c.phone_extension, c.first_name, c.last_name, c.email, c.timezone, c.postal_code, c.servicetitan_customer_id
  );
  insert into public.audience_members (
    team_id, list_id, contact_id, servicetitan_customer_id, servicetitan_job_id, servicetitan_job_type_id,
    servicetitan_appointment_id, appointment_starts_at, added_at
  )
  select
    p_team_id, p_list_id, c.id, k.servicetitan_customer_id, f.servicetitan_job_id, f.servicetitan_job_type_id,
    f.servicetitan_appointment_id, f.appointment_starts_at, v_now
  from engine.checked_rows as k
  inner join public.contacts as c on k.team_id = c.team_id and k.phone = c.phone
  left join engine.member_facts as f on k.team_id = f.team_id and k.run_id = f.run_id and k.row_number = f.row_number
  where k.team_id = p_team_id and k.run_id = p_run_id and k.verdict = 'accepted'
  order by c.id
  on conflict (team_id, list_id, contact_id) do nothing;
  get diagnostics v_added = row_count;
  return v_added;
end
$$;
comment on function engine.store_run(uuid, uuid, uuid) is
'Upserts the contacts of a run''s accepted rows and adds them to the list; returns how many members are new.';
revoke all on function engine.store_run(uuid, uuid, uuid) from public;

-- sql/40_functions/audiences/tidy_rows.sql
-- Cells as people mean them: no spaces around, no Excel wrapper (="1001"), nothing where there is
-- nothing. A cell that begins with = and is no such wrapper is text, whatever it says.
create or replace function engine.tidy_rows(p_rows engine.import_rows[])
returns table (
  ordinal bigint, row_number bigint, phone text, first_name text, last_name text, email text, timezone text,
  postal_code text, customer_id text, reader_problem text
)
language sql
immutable
parallel safe
set search_path = ''
as $$
  with tidy as (
    -- the same for each field: a function called for every cell of a million rows would take a minute
    select
      r.ordinal,
      r.row_number,
      r.phone,
      r.reader_problem,
      nullif(btrim(
        case when r.first_name like '="%"' then substr(r.first_name, 3, length(r.first_name) - 3) else r.first_name end,
        E' \t\r\n\u00A0'
      ), '') as first_name,
      nullif(btrim(
        case when r.last_name like '="%"' then substr(r.last_name, 3, length(r.last_name) - 3) else r.last_name end,
        E' \t\r\n\u00A0'
      ), '') as last_name,
      nullif(btrim(
        case when r.full_name like '="%"' then substr(r.full_name, 3, length(r.full_name) - 3) else r.full_name end,
        E' \t\r\n\u00A0'
      ), '') as full_name,
      nullif(btrim(
        case when r.email like '="%"' then substr(r.email, 3, length(r.email) - 3) else r.email end,
        E' \t\r\n\u00A0'
      ), '') as email,
      nullif(btrim(
        case when r.timezone like '="%"' then substr(r.timezone, 3, length(r.timezone) - 3) else r.timezone end,
        E' \t\r\n\u00A0'
      ), '') as timezone,
      nullif(btrim(
        case when r.postal_code like '="%"' then substr(r.postal_code, 3, length(r.postal_code) - 3) else r.postal_code end,
        E' \t\r\n\u00A0'
      ), '') as postal_code,
      nullif(btrim(
        case when r.servicetitan_customer_id like '="%"' then substr(r.servicetitan_customer_id, 3, length(r.servicetitan_customer_id) - 3) else r.servicetitan_customer_id end,
        E' \t\r\n\u00A0'
      ), '') as customer_id
    from unnest(p_rows) with ordinality as r (
      team_id, run_id, row_number, phone, first_name, last_name, full_name, email, timezone, postal_code,
      servicetitan_customer_id, reader_problem, ordinal
    )
  )
  select
    t.ordinal,
    t.row_number,
    t.phone,
    -- a whole name is "Last, First" or ends with the last name
    case
      when t.full_name is null or t.first_name is not null or t.last_name is not null then t.first_name
      when t.full_name like '%,%' then nullif(btrim(substr(t.full_name, strpos(t.full_name, ',') + 1)), '')
      else coalesce(substring(t.full_name from '^(.*\S)\s+\S+$'), t.full_name)
    end,
    case
      when t.full_name is null or t.first_name is not null or t.last_name is not null then t.last_name
      when t.full_name like '%,%' then nullif(btrim(substr(t.full_name, 1, strpos(t.full_name, ',') - 1)), '')
      else substring(t.full_name from '^.*\S\s+(\S+)$')
    end,
    t.email,
    t.timezone,
    t.postal_code,
    t.customer_id,
    t.reader_problem
  from tidy as t
$$;
comment on function engine.tidy_rows(engine.import_rows[]) is 'Staged rows with tidy cells and names in two parts.';
revoke all on function engine.tidy_rows(engine.import_rows[]) from public;

-- sql/40_functions/audiences/unarchive_audience_list.sql
-- The list is in use again. Its schedule stays off until somebody turns it on: weeks may have passed.
create or replace function public.unarchive_audience_list(p_list_id uuid)
returns jsonb
language plpgsql
security definer -- writes public.audience_lists, which no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.lock_list(p_list_id); -- which asks engine.caller_team_ids
begin
  perform engine.refuse_list_step(v_list, 'ACTIVE');
  update public.audience_lists as l
  set status = 'ACTIVE', updated_at = engine.now()
  where l.team_id = v_list.team_id and l.id = v_list.id
  returning l.* into v_list;
  return engine.describe_list(v_list);
end
$$;
comment on function public.unarchive_audience_list(uuid) is
'Makes an archived list active again and returns it like get_audience_list; its schedule stays off. OB002 when it is active.';
revoke all on function public.unarchive_audience_list(uuid) from public;
grant execute on function public.unarchive_audience_list(uuid) to authenticated, service_role;

-- sql/40_functions/audiences/update_audience_list.sql
-- What a list is called, what fills it and whom it leaves out; null leaves a thing as it is. Members stay
-- until the next refresh: an import never removes anybody.
create or replace function public.update_audience_list(
  p_list_id uuid, p_name text default null, p_definition jsonb default null, p_exclusions jsonb default null
)
returns jsonb
language plpgsql
security definer -- writes public.audience_lists, which no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.lock_list(p_list_id); -- which asks engine.caller_team_ids
  v_issues jsonb := case when p_name is not null then engine.list_name_issues(p_name) else '[]' end;
begin
  if v_list.status = 'ARCHIVED' then
    perform engine.refuse_archived_list(v_list.id);
  end if;
  v_issues := v_issues || engine.definition_issues(coalesce(p_definition, '{}'), v_list.source::text);
  if p_exclusions is not null then
    v_issues := v_issues || engine.exclusion_issues(v_list.team_id, v_list.id, p_exclusions);
  end if;
  perform engine.refuse_issues(v_issues, 'The list');
  update public.audience_lists as l
  set
    name = coalesce(btrim(p_name), l.name),
    definition = coalesce(p_definition, l.definition),
    exclusions = case
      when p_exclusions is null then l.exclusions else engine.read_exclusions(l.team_id, p_exclusions)
    end,
    updated_at = engine.now()
  where l.team_id = v_list.team_id and l.id = v_list.id
  returning l.* into v_list;
  return engine.describe_list(v_list);
end
$$;
comment on function public.update_audience_list(uuid, text, jsonb, jsonb) is
'Changes a list and returns it like get_audience_list; what is null stays. OB001 with every problem, OB003 when it is archived.';
revoke all on function public.update_audience_list(uuid, text, jsonb, jsonb) from public;
grant execute on function public.update_audience_list(uuid, text, jsonb, jsonb) to authenticated, service_role;

-- sql/40_functions/audiences/uuid_pattern.sql
-- What an id looks like as text: checked before a cast, so that 22P02 reaches nobody.
create or replace function engine.uuid_pattern()
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$ select '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' $$;
comment on function engine.uuid_pattern() is 'The pattern of an id in lower case.';
revoke all on function engine.uuid_pattern() from public;

-- sql/40_functions/audiences/validate_audience_csv.sql
-- What an import of these rows would do, row by row. Writes nothing: it is stable.
create or replace function public.validate_audience_csv(
  p_rows jsonb, p_mapping jsonb default null, p_team_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- reads the team's country
set search_path = ''
as $$
declare
  v_team public.teams;
  v_shape record;
  v_result jsonb;
begin
  select * into v_team from public.teams as t where t.id = engine.require_team(p_team_id, 'viewer');
  select * into v_shape from engine.read_request_rows(p_rows, p_mapping, v_team.country);
  with checked as materialized (
    select
      c.*,
      c.verdict = 'accepted'
      and row_number() over (partition by c.verdict, c.phone order by c.row_number) > 1 as is_duplicate
    from engine.check_rows(
      array(
        select r from engine.rows_from_json(
          v_team.id, null, p_rows, v_shape.is_objects, v_shape.header_row, v_shape.columns, v_shape.mapping
        ) as r
      ),
      v_team.country, v_team.is_sandbox
    ) as c
  ),
  problems as materialized (
    select
      c.row_number, c.is_duplicate, p.severity,
      engine.issue(i.issue ->> 'code', 'p_rows', p.message, p.severity, jsonb_build_object(
        'row', c.row_number, 'column', nullif(engine.column_label(v_shape.mapping, coalesce(i.issue ->> 'field', '')), ''),
        'value', i.issue ->> 'value'
      )) as issue
    from checked as c
    cross join lateral jsonb_array_elements(
      coalesce(c.issues, '[]') || case
        when c.is_duplicate
          then jsonb_build_array(jsonb_build_object('code', 'duplicate_phone', 'field', 'phone', 'value', c.phone))
        else '[]'
      end
    ) as i (issue)
    inner join reference.import_problems as p on i.issue ->> 'code' = p.code
  )
  select jsonb_build_object(
    'has_header', v_shape.is_objects or v_shape.header_row > 0,
    'header_row', nullif(v_shape.header_row, 0),
    'columns', to_jsonb(v_shape.columns),
    'mapping', v_shape.mapping,
    'counts', (
      select jsonb_build_object(
        'rows', count(*),
        'accepted', count(*) filter (where c.verdict = 'accepted' and not c.is_duplicate),
        'rejected', count(*) filter (where c.verdict = 'rejected'),
        'duplicate', count(*) filter (where c.is_duplicate),
        'warning', (select count(distinct p.row_number) from problems as p where p.severity = 'warning')
      )
      from checked as c
    ),
    'issue_count', (select count(*) from problems),
    'issues', (
      select coalesce(jsonb_agg(p.issue order by (p.severity = 'error') desc, p.row_number), '[]')
      from (
        select * from problems as p order by (p.severity = 'error') desc, p.row_number limit 500
      ) as p
    )
  ) into v_result;
  return v_result;
end
$$;
comment on function public.validate_audience_csv(jsonb, jsonb, uuid) is
'Checks rows (objects, or arrays of cells with or without a header) and writes nothing: {has_header, header_row, '
'columns, mapping{field: [column]}, counts{rows, accepted, rejected, duplicate, warning}, issue_count, issues[first '
'500]}.';
revoke all on function public.validate_audience_csv(jsonb, jsonb, uuid) from public;
grant execute on function public.validate_audience_csv(jsonb, jsonb, uuid) to authenticated, service_role;

-- sql/40_functions/campaigns/activate_campaign.sql
-- CREATED or SCHEDULED to ACTIVE: the campaign starts and its list is enrolled, in one transaction.
-- The caller has locked the campaign, holds its workflow, and found no blockers.
create or replace function engine.activate_campaign(p_team_id uuid, p_campaign_id uuid)
returns integer
language plpgsql
set search_path = ''
as $$
begin
  update public.campaigns as c
  set status = 'ACTIVE', started_at = engine.now(), updated_at = engine.now()
  where c.team_id = p_team_id and c.id = p_campaign_id;
  return engine.enroll_members(p_team_id, p_campaign_id);
end
$$;
comment on function engine.activate_campaign(uuid, uuid) is 'Starts a campaign and enrolls its list; returns how many were enrolled.';
revoke all on function engine.activate_campaign(uuid, uuid) from public;

-- sql/40_functions/campaigns/campaign_entry.sql
-- Where a workflow begins: the node that the trigger leads to, by the rule that every step follows.
create or replace function engine.campaign_entry(p_team_id uuid, p_workflow_id uuid)
returns table (node_id text, channel public.contact_channel, delay interval)
language sql
stable
set search_path = ''
as $$
  select n.id, n.type::text::public.contact_channel, d.delay
  from public.workflow_nodes as t
  cross join lateral engine.decide_steps(array[(
    t.type, null, null, null, null, 0, 0, false,
    engine.edge_choices(array(
      select w from public.workflow_edges as w
      where w.team_id = t.team_id and w.workflow_id = t.workflow_id and w.source = t.id
    ), t.id)
  )::engine.ended_visit]) as d
  inner join public.workflow_nodes as n
    on t.team_id = n.team_id and t.workflow_id = n.workflow_id and d.target = n.id
  where t.team_id = p_team_id and t.workflow_id = p_workflow_id and t.type = 'trigger'
$$;
comment on function engine.campaign_entry(uuid, uuid) is 'The first node of a workflow, its channel, and the delay before it.';
revoke all on function engine.campaign_entry(uuid, uuid) from public;

-- sql/40_functions/campaigns/complete_campaigns.sql
-- Campaigns with nothing open are over, unless they enroll continuously.
create or replace function engine.complete_campaigns()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_completed integer;
begin
  update public.campaigns as c
  set status = 'COMPLETED', ended_at = engine.now(), updated_at = engine.now()
  from (
    select k.team_id, k.id
    from public.campaigns as k
    where k.status = 'ACTIVE' and not k.is_continuous and not exists (
      select from engine.enrollments as e
      where e.team_id = k.team_id and e.campaign_id = k.id and e.status = 'ACTIVE'
    ) and not exists (
      select from engine.jobs as j
      where j.campaign_id = k.id and j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
    )
    order by k.id
    for update of k skip locked
  ) as d
  where c.team_id = d.team_id and c.id = d.id and c.status = 'ACTIVE';
  get diagnostics v_completed = row_count;
  return v_completed;
end
$$;
comment on function engine.complete_campaigns() is 'Completes active campaigns with no active enrollment; returns how many.';
revoke all on function engine.complete_campaigns() from public;

-- sql/40_functions/campaigns/create_campaign.sql
-- One list, one published workflow, one sending number.
create or replace function public.create_campaign(
  p_name text,
  p_list_id uuid,
  p_workflow_id uuid,
  p_phone_number_id uuid,
  p_max_lateness text default 'P2D',
  p_is_continuous boolean default false,
  p_priority integer default 100,
  p_team_id uuid default null
)
returns public.campaigns
language plpgsql
security definer -- writes public.campaigns, which no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'operator');
  v_max_lateness interval := engine.parse_duration(p_max_lateness);
  v_issues jsonb := '[]'::jsonb;
  v_campaign public.campaigns;
begin
  if coalesce(btrim(p_name), '') = '' or length(btrim(p_name)) > 200 then
    v_issues := v_issues || engine.issue('name_length', 'p_name', 'The name must have 1 to 200 characters.');
  end if;
  if not exists (select from public.audience_lists where team_id = v_team_id and id = p_list_id and status = 'ACTIVE') then
    v_issues := v_issues || engine.issue('list_unknown', 'p_list_id', 'There is no such active audience list.');
  end if;
  perform engine.hold_workflow(v_team_id, p_workflow_id);
  if not exists (
    select from public.workflows where team_id = v_team_id and id = p_workflow_id and status = 'PUBLISHED'
  ) then
    v_issues := v_issues || engine.issue('workflow_not_published', 'p_workflow_id', 'There is no such published workflow.');
  end if;
  if not exists (select from public.phone_numbers where team_id = v_team_id and id = p_phone_number_id) then
    v_issues := v_issues || engine.issue('phone_number_unknown', 'p_phone_number_id', 'There is no such sending number.');
  end if;
  if v_max_lateness is null or v_max_lateness <= interval '0' then
    v_issues := v_issues || engine.issue(
      'duration_malformed', 'p_max_lateness', 'The latest start must be an ISO 8601 duration, such as PT6H or P2D.'
    );
  end if;
  if p_priority is null or p_priority not between 1 and 1000 then
    v_issues := v_issues || engine.issue('priority_range', 'p_priority', 'The priority must be between 1 and 1000.');
  end if;
  perform engine.refuse_issues(v_issues, 'The campaign');
  insert into public.campaigns (
    team_id, name, list_id, workflow_id, phone_number_id, max_lateness, is_continuous, priority
  )
  values (
    v_team_id, btrim(p_name), p_list_id, p_workflow_id, p_phone_number_id, v_max_lateness,
    coalesce(p_is_continuous, false), p_priority
  )
  returning * into v_campaign;
  return v_campaign;
end
$$;
comment on function public.create_campaign(text, uuid, uuid, uuid, text, boolean, integer, uuid) is
'Creates a campaign (status CREATED). p_max_lateness is an ISO 8601 duration. OB001 lists all that is wrong.';
revoke all on function public.create_campaign(text, uuid, uuid, uuid, text, boolean, integer, uuid) from public;
grant execute on function public.create_campaign(text, uuid, uuid, uuid, text, boolean, integer, uuid)
to authenticated, service_role;

-- sql/40_functions/campaigns/enroll_contacts.sql
-- Enrolls contacts that are not enrolled yet, and makes their first jobs. People who must not be reached
-- are enrolled too, as SUPPRESSED with the reason, so that everyone is accounted for.
create or replace function engine.enroll_contacts(p_campaign public.campaigns, p_contact_ids uuid[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_entry record;
  v_enrolled bigint;
  v_jobs engine.new_job[];
begin
  select e.* into v_entry from engine.campaign_entry(p_campaign.team_id, p_campaign.workflow_id) as e;
  with judged as (
    select p.id as contact_id, p.phone, case
      when s.reason is not null then 'suppressed_' || s.reason
      when cardinality(p.timezones) = 0 then 'timezone_unknown'
    end as reason_code, s.reason = 'opted_out' as has_opted_out
    from unnest(p_contact_ids) as a (id)
    inner join public.contacts as p on a.id = p.id and p.team_id = p_campaign.team_id
    left join lateral (
      select max(x.reason) as reason
      from public.suppressions as x
      where x.team_id = p_campaign.team_id and x.phone = p.phone and x.channel = v_entry.channel
    ) as s on true
  ),

  enrolled as (
    insert into engine.enrollments (
      team_id, campaign_id, contact_id, phone, status, reason_code, retries_left, ended_at
    )
    select
      p_campaign.team_id, p_campaign.id, j.contact_id, j.phone,
      case
        when j.reason_code is null then 'ACTIVE'
        when j.has_opted_out then 'OPTED_OUT'
        else 'SUPPRESSED'
      end::public.enrollment_status,
      j.reason_code, p_campaign.retry_budget, case when j.reason_code is not null then engine.now() end
    from judged as j
    order by j.contact_id
    on conflict on constraint enrollments_once_per_campaign do nothing
    returning id, contact_id, phone, status
  )

  select
    (select count(*) from enrolled),
    (
      select array_agg((
        p_campaign.team_id, p_campaign.id, e.id, e.contact_id, e.phone, p_campaign.workflow_id, v_entry.node_id, 1,
        p_campaign.priority, engine.now() + v_entry.delay
      )::engine.new_job order by e.id)
      from enrolled as e
      where e.status = 'ACTIVE'
    )
  into v_enrolled, v_jobs;
  perform engine.create_jobs(coalesce(v_jobs, '{}'));
  return v_enrolled::integer;
end
$$;
comment on function engine.enroll_contacts(public.campaigns, uuid[]) is
'Enrolls contacts that are not enrolled yet, with their first jobs; returns how many.';
revoke all on function engine.enroll_contacts(public.campaigns, uuid[]) from public;

-- sql/40_functions/campaigns/enroll_members.sql
-- Enrolls the members of a campaign's list that are not enrolled yet. In chunks, in order of their ids, so
-- that memory stays flat; the whole is one transaction.
create or replace function engine.enroll_members(p_team_id uuid, p_campaign_id uuid)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  c_chunk constant integer := 10000;
  v_campaign public.campaigns;
  v_contact_ids uuid[];
  v_last uuid;
  v_enrolled integer := 0;
begin
  select * into v_campaign from public.campaigns where team_id = p_team_id and id = p_campaign_id;
  loop
    v_contact_ids := array(
      select m.contact_id
      from public.audience_members as m
      where m.team_id = p_team_id and m.list_id = v_campaign.list_id and (v_last is null or m.contact_id > v_last)
      order by m.contact_id
      limit c_chunk
    );
    exit when cardinality(v_contact_ids) = 0;
    v_enrolled := v_enrolled + engine.enroll_contacts(v_campaign, v_contact_ids);
    v_last := v_contact_ids[cardinality(v_contact_ids)];
  end loop;
  return v_enrolled;
end
$$;
comment on function engine.enroll_members(uuid, uuid) is
'Enrolls the members of a campaign''s list that are not enrolled yet; returns how many.';
revoke all on function engine.enroll_members(uuid, uuid) from public;

-- sql/40_functions/campaigns/enroll_new_members.sql
-- Members that come later are enrolled in the campaigns that enroll continuously, in the transaction that
-- adds them: a lead is called at once, and nobody is forgotten. A campaign that is being launched at this
-- moment is waited for: either its launch sees the member, or it is active by the time that the lock is ours.
create or replace function engine.enroll_new_members()
returns trigger
language plpgsql
security definer -- members are written by functions of other owners' rights
set search_path = ''
as $$
declare
  v_campaign public.campaigns;
begin
  -- A loop over campaigns, not over members: each enrolls its own in one statement.
  for v_campaign in
    select c.*
    from public.campaigns as c
    where c.is_continuous and c.status in ('CREATED', 'SCHEDULED', 'ACTIVE', 'PAUSED')
      and (c.team_id, c.list_id) in (select n.team_id, n.list_id from new_rows as n)
    order by c.id
    for share
  loop
    continue when v_campaign.status not in ('ACTIVE', 'PAUSED');
    perform engine.enroll_contacts(v_campaign, array(
      select n.contact_id from new_rows as n
      where n.team_id = v_campaign.team_id and n.list_id = v_campaign.list_id
      order by n.contact_id
    ));
  end loop;
  return null;
end
$$;
comment on function engine.enroll_new_members() is 'Trigger: enrolls new members of lists into their continuous campaigns.';
revoke all on function engine.enroll_new_members() from public;

-- sql/40_functions/campaigns/hold_list.sql
-- As engine.hold_workflow, for the list. The weakest lock does, because archiving changes a column that
-- a foreign key refers to; imports, which change the count of members, don't wait for a launch.
create or replace function engine.hold_list(p_team_id uuid, p_list_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform from public.audience_lists as l
  where l.team_id = p_team_id and l.id = p_list_id
  for key share;
end
$$;
comment on function engine.hold_list(uuid, uuid) is
'Keeps a list from being archived until the end of the transaction. Taken after the locks on the campaign and its workflow.';
revoke all on function engine.hold_list(uuid, uuid) from public;

-- sql/40_functions/campaigns/hold_workflow.sql
-- Who makes a campaign run holds its workflow, after the campaign itself and until the end of the
-- transaction, and only then looks for what stands in the way: the workflow can't be archived between
-- the look and the launch. Launches share the hold; archiving waits for them, and they for it.
create or replace function engine.hold_workflow(p_team_id uuid, p_workflow_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform from public.workflows as w
  where w.team_id = p_team_id and w.id = p_workflow_id
  for share;
end
$$;
comment on function engine.hold_workflow(uuid, uuid) is
'Keeps a workflow from being archived until the end of the transaction. Taken after the lock on the campaign.';
revoke all on function engine.hold_workflow(uuid, uuid) from public;

-- sql/40_functions/campaigns/launch_blockers.sql
-- Everything that stands in the way of a launch, all at once: [{code, message}].
create or replace function engine.launch_blockers(p_campaign public.campaigns)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with needs as (
    select distinct n.type::text::public.contact_channel as channel
    from public.workflow_nodes as n
    where n.team_id = p_campaign.team_id and n.workflow_id = p_campaign.workflow_id and n.type <> 'trigger'
  ),

  found as (
    select 1 as n, 'workflow_not_published' as code, 'The workflow is not published.' as message
    from public.workflows as w
    where w.team_id = p_campaign.team_id and w.id = p_campaign.workflow_id and w.status <> 'PUBLISHED'
    union all
    select 2, 'list_archived', 'The audience list is archived.'
    from public.audience_lists as l
    where l.team_id = p_campaign.team_id and l.id = p_campaign.list_id and l.status <> 'ACTIVE'
    union all
    select 3, 'list_empty', 'The audience list has no members.'
    where not p_campaign.is_continuous and not exists (
      select from public.audience_members as m
      where m.team_id = p_campaign.team_id and m.list_id = p_campaign.list_id
    )
    union all
    select 4, 'number_not_verified_for_' || q.channel || 's',
      format('The sending number is not verified for %ss.', q.channel)
    from needs as q
    inner join public.phone_numbers as f
      on f.team_id = p_campaign.team_id and f.id = p_campaign.phone_number_id
    where not (case q.channel when 'call' then f.is_verified_for_calls else f.is_verified_for_texts end)
    union all
    select 5, 'integration_missing_' || engine.provider_for(q.channel),
      format('No %s account is connected, which %ss need.', initcap(engine.provider_for(q.channel)::text), q.channel)
    from needs as q
    where not exists (
      select from public.integrations as i
      where i.team_id = p_campaign.team_id and i.provider = engine.provider_for(q.channel)
    )
    union all
    select 6, 'integration_paused_' || i.provider,
      format('The %s account is paused: %s', initcap(i.provider::text), i.paused_reason)
    from needs as q
    inner join public.integrations as i
      on i.team_id = p_campaign.team_id and i.provider = engine.provider_for(q.channel) and i.status = 'PAUSED'
    union all
    select 7, 'assistant_inactive', format('The assistant of "%s" is not active.', coalesce(n.label, n.id))
    from public.workflow_nodes as n
    where n.team_id = p_campaign.team_id and n.workflow_id = p_campaign.workflow_id
      and n.config ->> 'assistant_id' is not null
      and not exists (
        select from public.assistants as a
        where a.team_id = n.team_id and a.id::text = n.config ->> 'assistant_id' and a.is_active
      )
  )

  select coalesce(jsonb_agg(jsonb_build_object('code', f.code, 'message', f.message) order by f.n, f.code), '[]')
  from found as f
$$;
comment on function engine.launch_blockers(public.campaigns) is 'What stands in the way of a launch: [{code, message}].';
revoke all on function engine.launch_blockers(public.campaigns) from public;

-- sql/40_functions/campaigns/launch_campaign.sql
-- CREATED to ACTIVE now, or to SCHEDULED when a later time is given. With p_dry_run nothing changes,
-- and the answer says what would: the numbers of a confirmation dialog.
create or replace function public.launch_campaign(
  p_campaign_id uuid,
  p_at timestamptz default null,
  p_dry_run boolean default false
)
returns jsonb
language plpgsql
security definer -- writes public.campaigns and the engine, which no role may write
set search_path = ''
set jit = off
set statement_timeout = '10min' -- a list of a million takes longer than the API's usual eight seconds
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_campaign public.campaigns;
  v_blockers jsonb;
  v_to public.campaign_status :=
    case when p_at > engine.now() then 'SCHEDULED' else 'ACTIVE' end::public.campaign_status;
  v_members bigint;
begin
  select * into v_campaign
  from public.campaigns
  where team_id = any(engine.caller_team_ids()) and id = p_campaign_id
  for update;
  if not found then
    perform engine.refuse_not_found('campaign', p_campaign_id);
  end if;
  perform engine.require_role(v_campaign.team_id, 'operator');
  if v_campaign.status <> 'CREATED' then
    perform engine.refuse(
      'OB002',
      format('The campaign is %s; only a CREATED one can be launched.', v_campaign.status),
      jsonb_build_object(
        'entity', 'campaign', 'id', p_campaign_id, 'from', v_campaign.status, 'to', v_to,
        'allowed', engine.legal_steps('campaign', v_campaign.status::text)
      ),
      'Create a new campaign to run it again.'
    );
  end if;
  if not p_dry_run then
    perform engine.hold_workflow(v_campaign.team_id, v_campaign.workflow_id);
    perform engine.hold_list(v_campaign.team_id, v_campaign.list_id);
  end if;
  v_blockers := engine.launch_blockers(v_campaign);
  if jsonb_array_length(v_blockers) > 0 and not p_dry_run then
    perform engine.refuse(
      'OB007',
      format('The campaign is not ready: %s', v_blockers -> 0 ->> 'message'),
      jsonb_build_object('blockers', v_blockers),
      'Mend what the detail lists, then launch again.'
    );
  end if;
  select member_count::bigint into v_members
  from public.audience_lists where team_id = v_campaign.team_id and id = v_campaign.list_id;
  if not p_dry_run and v_to = 'ACTIVE' then
    v_members := engine.activate_campaign(v_campaign.team_id, p_campaign_id)::bigint;
  elsif not p_dry_run then
    update public.campaigns
    set status = 'SCHEDULED', scheduled_at = p_at, updated_at = engine.now()
    where team_id = v_campaign.team_id and id = p_campaign_id;
  end if;
  return jsonb_build_object(
    'campaign_id', p_campaign_id, 'from', v_campaign.status, 'to', v_to, 'dry_run', p_dry_run,
    'at', coalesce(p_at, engine.now()), 'members', v_members, 'blockers', v_blockers
  );
end
$$;
comment on function public.launch_campaign(uuid, timestamptz, boolean) is
'Launches a campaign now or at p_at: {campaign_id, from, to, dry_run, at, members, blockers}. OB002, OB004, OB007.';
revoke all on function public.launch_campaign(uuid, timestamptz, boolean) from public;
grant execute on function public.launch_campaign(uuid, timestamptz, boolean) to authenticated, service_role;

-- sql/40_functions/campaigns/launch_scheduled_campaigns.sql
-- Launches campaigns whose time has come. What the launch needs was checked when it was scheduled; what
-- has gone missing since keeps the campaign SCHEDULED, and the next tick looks again.
create or replace function engine.launch_scheduled_campaigns()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_campaign public.campaigns;
  v_launched integer := 0;
begin
  -- A campaign at a time: each enrolls a whole list.
  for v_campaign in
    select c.*
    from public.campaigns as c
    where c.status = 'SCHEDULED' and c.scheduled_at <= engine.now()
    order by c.scheduled_at, c.id
    for update of c skip locked
  loop
    perform engine.hold_workflow(v_campaign.team_id, v_campaign.workflow_id);
    perform engine.hold_list(v_campaign.team_id, v_campaign.list_id);
    continue when jsonb_array_length(engine.launch_blockers(v_campaign)) > 0;
    begin
      perform engine.activate_campaign(v_campaign.team_id, v_campaign.id);
      v_launched := v_launched + 1;
    -- Whatever is wrong with one team's campaign must not stop the tick of all the others.
    exception when others then
      raise warning 'campaign % could not be launched: %', v_campaign.id, sqlerrm;
    end;
  end loop;
  return v_launched;
end
$$;
comment on function engine.launch_scheduled_campaigns() is 'Launches scheduled campaigns that are due; returns how many.';
revoke all on function engine.launch_scheduled_campaigns() from public;

-- sql/40_functions/consent/end_stopped_enrollments.sql
-- The journeys of people who said stop are over, also between two jobs.
create or replace function engine.end_stopped_enrollments(p_stops engine.stop[])
returns void
language sql
volatile
set search_path = ''
as $$
  update engine.enrollments as e
  set status = 'OPTED_OUT', reason_code = 'opted_out', ended_at = engine.now()
  from unnest(p_stops) as s
  where e.team_id = s.team_id and e.phone = s.phone and e.status = 'ACTIVE' and s.reason = 'opted_out'
    and s.channel is null
$$;
comment on function engine.end_stopped_enrollments(engine.stop[]) is
'Ends the active enrollments of numbers that opted out of every channel.';
revoke all on function engine.end_stopped_enrollments(engine.stop[]) from public;

-- sql/40_functions/consent/read_consent.sql
-- What a text says about consent: opt_out, opt_in or null. Punctuation and case do not count; "STOP!"
-- and "please stop calling me" are both a stop, and so is whatever begins with a stop. When a text says
-- both, it is a stop.
create or replace function engine.read_consent(p_body text)
returns text
language sql
stable
set search_path = ''
as $$
  select p.action
  from (
    select btrim(regexp_replace(lower(coalesce(p_body, '')), '[^[:alnum:]]+', ' ', 'g')) as words
  ) as b
  inner join reference.consent_phrases as p
    on p.phrase = b.words
    or (p.phrase in ('stop', 'stopall', 'unsubscribe') and p.phrase = split_part(b.words, ' ', 1)
      -- "Stop by at five" is an invitation.
      and b.words !~ '^stop (by|in|over|at|around)\M')
    or (not p.is_whole_message and position(' ' || p.phrase || ' ' in ' ' || b.words || ' ') > 0)
  -- opt_in sorts before opt_out; the stop wins.
  order by p.action desc
  limit 1
$$;
comment on function engine.read_consent(text) is 'opt_out, opt_in or null: what the words of a text say about consent.';
revoke all on function engine.read_consent(text) from public;

-- sql/40_functions/consent/readmit_number.sql
-- A person's own act lifts what the person's own act did, on one channel. It never lifts a
-- do-not-contact entry, an invalid number or a litigator.
create or replace function engine.readmit_number(
  p_team_id uuid,
  p_phone text,
  p_channel public.contact_channel,
  p_source text,
  p_words text
)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  insert into public.consent_events (team_id, phone, channel, action, source, words)
  values (p_team_id, p_phone, p_channel, 'opt_in', p_source, left(p_words, 1600));
  delete from public.suppressions as s
  where s.team_id = p_team_id and s.phone = p_phone and s.channel = p_channel and s.reason = 'opted_out';
  return found;
end
$$;
comment on function engine.readmit_number(uuid, text, public.contact_channel, text, text) is
'Records an opt-in and lifts an opt-out of one channel; returns whether there was one.';
revoke all on function engine.readmit_number(uuid, text, public.contact_channel, text, text) from public;

-- sql/40_functions/consent/stop_numbers.sql
-- Stops numbers for good: suppression, ledger, and every open job of the number in the team, across
-- campaigns, in the transaction that records it. What has begun can still arrive; nothing begins any
-- more, because the gate reads the suppression that this commits.
create or replace function engine.stop_numbers(p_stops engine.stop[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_closed engine.closed_job[];
begin
  if cardinality(p_stops) = 0 then
    return 0;
  end if;
  insert into public.consent_events (team_id, phone, channel, action, source, words)
  select s.team_id, s.phone, c.channel, 'opt_out', s.source, left(s.words, 1600)
  from unnest(p_stops) as s
  cross join unnest(enum_range(null::public.contact_channel)) as c (channel)
  where s.channel is null or s.channel = c.channel;

  insert into public.suppressions (team_id, phone, channel, reason, source)
  select distinct on (s.team_id, s.phone, c.channel, s.reason) s.team_id, s.phone, c.channel, s.reason, s.source
  from unnest(p_stops) as s
  cross join unnest(enum_range(null::public.contact_channel)) as c (channel)
  where s.channel is null or s.channel = c.channel
  order by 1, 2, 3, 4
  on conflict on constraint suppressions_pk do nothing;

  -- Waits for whoever is ending one of these jobs; the next statement then sees what that made of it, a
  -- retry perhaps.
  perform
  from unnest(p_stops) as s
  inner join engine.jobs as j on s.team_id = j.team_id and s.phone = j.phone
  where (s.channel is null or s.channel = j.channel)
    and j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
  order by j.id
  for update of j;

  v_closed := array(
    select (
      j.team_id, j.id, 'suppressed_' || s.reason,
      case s.reason when 'opted_out' then 'OPTED_OUT' else 'SUPPRESSED' end
    )::engine.closed_job
    from unnest(p_stops) as s
    inner join engine.jobs as j on s.team_id = j.team_id and s.phone = j.phone
    where (s.channel is null or s.channel = j.channel)
      and j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
    order by j.id
    for update of j
  );
  perform engine.close_jobs(v_closed);
  perform engine.end_stopped_enrollments(p_stops);
  return cardinality(v_closed);
end
$$;
comment on function engine.stop_numbers(engine.stop[]) is
'Suppresses numbers, writes the ledger and cancels what has not begun; returns how many open jobs it met.';
revoke all on function engine.stop_numbers(engine.stop[]) from public;

-- sql/40_functions/definitions/choose_phones.sql
-- The number by which each customer is reached. Of the phones that are in use and not fax:
-- 1. for texts, those marked doNotText are passed over; for marketing, those that decline it;
-- 2. numbers that may be dialled come before those that may not;
-- 3. where it is not said what for, those that may be texted come first;
-- 4. mobile phones before others; 5. the most recently modified; 6. the latest entered.
-- A customer whose numbers were all passed over has a problem instead of a number.
create or replace function engine.choose_phones(p_team_id uuid, p_customer_ids bigint[], p_use text, p_purpose text)
returns table (customer_id bigint, phone text, problem text)
language sql
stable
set search_path = ''
as $$
  with phones as materialized (
    select
      v.living_id,
      c.*,
      (p_use = 'text' and c.do_not_text) as is_not_for_texts,
      (p_purpose = 'marketing' and c.wants_marketing is false) as is_not_for_marketing
    from engine.living_customers(p_team_id) as v
    inner join engine.servicetitan_contacts as c on c.team_id = p_team_id and v.id = c.customer_id
    where v.living_id = any(p_customer_ids) and c.is_active and c.kind in ('MobilePhone', 'Phone')
  ),
  chosen as (
    select distinct on (p.living_id) p.living_id, coalesce(p.phone, p.value) as phone
    from phones as p
    where not p.is_not_for_texts and not p.is_not_for_marketing
    order by
      p.living_id, p.phone is null, p_use = 'any' and p.do_not_text, p.kind = 'Phone', p.modified_at desc nulls last,
      p.id desc
  ),
  passed_over as (
    select p.living_id, bool_and(p.is_not_for_texts) as are_not_for_texts from phones as p group by p.living_id
  )
  select
    i.customer_id,
    c.phone,
    case
      when c.phone is not null or o.living_id is null then null
      when o.are_not_for_texts then 'phone_do_not_text'
      else 'phone_declines_marketing'
    end
  from unnest(p_customer_ids) as i (customer_id)
  left join chosen as c on i.customer_id = c.living_id
  left join passed_over as o on i.customer_id = o.living_id
$$;
comment on function engine.choose_phones(uuid, bigint[], text, text) is
'The number of each customer for a use (any, call, text) and a purpose (marketing, service), or why there is none.';
revoke all on function engine.choose_phones(uuid, bigint[], text, text) from public;

-- sql/40_functions/definitions/condition_issues.sql
-- What is wrong with a condition: its kind, its fields, their values.
create or replace function engine.condition_issues(p_path text, p_kind text, p_said jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select case
    when not exists (select from reference.condition_fields as f where f.kind = p_kind)
      then jsonb_build_array(engine.issue(
        'condition_unknown', p_path, format(
          'There is no condition "%s"; there are %s.', left(p_kind, 100),
          (select string_agg(distinct f.kind, ', ' order by f.kind) from reference.condition_fields as f)
        )
      ))
    else engine.keyed_issues(
      p_path, p_said, array(select f.field from reference.condition_fields as f where f.kind = p_kind order by f.field)
    ) || coalesce(
      (
        select jsonb_agg(i.issue)
        from jsonb_each(case jsonb_typeof(p_said) when 'object' then p_said else '{}' end) as s (field, value)
        inner join reference.condition_fields as f on p_kind = f.kind and s.field = f.field
        cross join lateral jsonb_array_elements(engine.value_issues(p_path || '.' || s.field, s.value, f)) as i (issue)
      ), '[]'
    )
  end
$$;
comment on function engine.condition_issues(text, text, jsonb) is 'Issues of a condition of a definition.';
revoke all on function engine.condition_issues(text, text, jsonb) from public;

-- sql/40_functions/definitions/date_issues.sql
-- What is wrong with the dates of a window. A day that no calendar has is found by asking for it.
create or replace function engine.date_issues(p_path text, p_value jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  with sides as (
    select
      s.side,
      case
        when s.value #>> '{}' !~ '^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' then null
        when right(s.value #>> '{}', 2)::integer > extract(day from (
          make_date(left(s.value #>> '{}', 4)::integer, substr(s.value #>> '{}', 6, 2)::integer, 1) + interval '1 month -1 day'
        )) then null
        else s.value #>> '{}'
      end as day
    from jsonb_each(p_value) as s (side, value)
    where s.side in ('from', 'to')
  )
  select coalesce(jsonb_agg(i.issue), '[]')
  from (
    select engine.issue('value_invalid', p_path || '.' || s.side, 'This must be a date such as 2026-01-31.') as issue
    from sides as s
    where s.day is null
    union all
    select engine.issue('value_invalid', p_path, 'from must not be after to.')
    from sides as a
    inner join sides as z on a.side = 'from' and z.side = 'to'
    where a.day > z.day
  ) as i
$$;
comment on function engine.date_issues(text, jsonb) is 'Issues of {from, to}.';
revoke all on function engine.date_issues(text, jsonb) from public;

-- sql/40_functions/definitions/definition_holds.sql
-- Whether a definition is fulfilled by somebody for whom just these conditions hold. Asked once for each
-- set of conditions that occurs, never for each customer. It calls itself, so it is plpgsql.
create or replace function engine.definition_holds(p_path text, p_node jsonb, p_true text[])
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
  if p_node ? 'not' then
    return not engine.definition_holds(p_path || '.not', p_node -> 'not', p_true);
  elsif p_node ? 'all' then
    return (
      select bool_and(engine.definition_holds(format('%s.all[%s]', p_path, i.place - 1), i.node, p_true))
      from jsonb_array_elements(p_node -> 'all') with ordinality as i (node, place)
    );
  elsif p_node ? 'any' then
    return (
      select bool_or(engine.definition_holds(format('%s.any[%s]', p_path, i.place - 1), i.node, p_true))
      from jsonb_array_elements(p_node -> 'any') with ordinality as i (node, place)
    );
  end if;
  return (select format('%s.%s', p_path, k.kind) = any(p_true) from jsonb_object_keys(p_node) as k (kind));
end
$$;
comment on function engine.definition_holds(text, jsonb, text[]) is
'Whether a group or condition is fulfilled when the conditions with the paths p_true are, and no others.';
revoke all on function engine.definition_holds(text, jsonb, text[]) from public;

-- sql/40_functions/definitions/definition_issues.sql
-- Everything that is wrong with what says who is in a list, by the source that it is for; null says
-- nothing. A list that asks ServiceTitan may be made before its filter is; it is refreshed with one only.
create or replace function engine.definition_issues(p_definition jsonb, p_source text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select case
    when coalesce(jsonb_typeof(p_definition), 'object') <> 'object'
      then jsonb_build_array(engine.issue('definition_malformed', 'p_definition', 'The definition must be an object.'))
    when p_source in ('csv', 'speed_to_lead') and p_definition <> '{}'
      then jsonb_build_array(engine.issue('definition_not_for_source', 'p_definition', format(
        'A list of source %s has no definition.', p_source
      )))
    when coalesce(p_definition, '{}') = '{}' then '[]'
    when length(p_definition::text) > 100000
      then jsonb_build_array(engine.issue('definition_too_large', 'p_definition', 'The definition is longer than 100,000 characters.'))
    when p_source = 'servicetitan' then engine.servicetitan_definition_issues(p_definition)
    when p_source = 'custom_report' then engine.report_definition_issues(p_definition)
    else '[]'
  end
$$;
comment on function engine.definition_issues(jsonb, text) is
'Issues of a list''s definition for its source; none is an empty array.';
revoke all on function engine.definition_issues(jsonb, text) from public;

-- sql/40_functions/definitions/definition_nodes.sql
-- The groups and conditions of a definition with the paths under which people find them. Deeper than the
-- limit nothing is followed, so that whatever is sent ends.
create or replace function engine.definition_nodes(p_definition jsonb)
returns table (path text, node jsonb, depth integer, is_negated boolean, ordinal bigint)
language sql
immutable
set search_path = ''
as $$
  with recursive nodes as (
    select 'p_definition.match' as path, p_definition -> 'match' as node, 1 as depth, false as is_negated, '{0}'::bigint[] as place
    where p_definition ? 'match'
    union all
    select n.path || c.step, c.node, n.depth + 1, n.is_negated or c.step = '.not', n.place || c.place
    from nodes as n
    cross join lateral (
      select format('.%s[%s]', g.name, i.place - 1) as step, i.node, i.place
      from (values ('all'), ('any')) as g (name)
      cross join lateral jsonb_array_elements(
        case when jsonb_typeof(n.node -> g.name) = 'array' then n.node -> g.name else '[]' end
      ) with ordinality as i (node, place)
      union all
      select '.not', n.node -> 'not', 1 where n.node ? 'not'
    ) as c
    where n.depth < 10 and jsonb_typeof(n.node) = 'object'
  )
  select n.path, n.node, n.depth, n.is_negated, row_number() over (order by n.place) from nodes as n
$$;
comment on function engine.definition_nodes(jsonb) is 'Groups and conditions of a definition, in order, with their JSON paths.';
revoke all on function engine.definition_nodes(jsonb) from public;

-- sql/40_functions/definitions/definition_window.sql
-- A window of a definition as moments: from the beginning of its first day to the end of its last one, in
-- the team's zone. A side that is not given is open.
create or replace function engine.definition_window(p_window jsonb, p_timezone text, p_at timestamptz)
returns tstzrange
language sql
stable
set search_path = ''
as $$
  select tstzrange(d.first::timestamp at time zone p_timezone, (d.last + 1)::timestamp at time zone p_timezone)
  from (select (p_at at time zone p_timezone)::date as today) as t
  cross join lateral (
    select
      case
        when p_window ? 'days_ago' then t.today - (p_window #>> '{days_ago,max}')::integer
        when p_window ? 'days_ahead' then t.today + coalesce((p_window #>> '{days_ahead,min}')::integer, 0)
        else (p_window ->> 'from')::date
      end as first,
      case
        when p_window ? 'days_ago' then t.today - coalesce((p_window #>> '{days_ago,min}')::integer, 0)
        when p_window ? 'days_ahead' then t.today + (p_window #>> '{days_ahead,max}')::integer
        else (p_window ->> 'to')::date
      end as last
  ) as d
  where p_window is not null
$$;
comment on function engine.definition_window(jsonb, text, timestamptz) is
'The moments of a window {days_ago{min, max}}, {days_ahead{min, max}} or {from, to}, seen from p_at; null of none.';
revoke all on function engine.definition_window(jsonb, text, timestamptz) from public;

-- sql/40_functions/definitions/json_ids.sql
-- A JSON array of ids as they are compared.
create or replace function engine.json_ids(p_ids jsonb)
returns bigint[]
language sql
immutable
parallel safe
set search_path = ''
as $$
  select array_agg(i.id::bigint order by i.place)
  from jsonb_array_elements_text(p_ids) with ordinality as i (id, place)
$$;
comment on function engine.json_ids(jsonb) is 'Ids of a JSON array; null of none.';
revoke all on function engine.json_ids(jsonb) from public;

-- sql/40_functions/definitions/json_words.sql
-- A JSON array of words as they are compared.
create or replace function engine.json_words(p_words jsonb)
returns text[]
language sql
immutable
parallel safe
set search_path = ''
as $$
  select array_agg(w.word order by w.place)
  from jsonb_array_elements_text(p_words) with ordinality as w (word, place)
$$;
comment on function engine.json_words(jsonb) is 'Words of a JSON array; null of none.';
revoke all on function engine.json_words(jsonb) from public;

-- sql/40_functions/definitions/keyed_issues.sql
-- What is wrong with an object that may have some keys and must have one of them.
create or replace function engine.keyed_issues(p_path text, p_value jsonb, p_keys text[])
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select case
    when jsonb_typeof(p_value) is distinct from 'object' or p_value = '{}'
      then jsonb_build_array(engine.issue(
        'value_invalid', p_path, format('This must be an object with %s.', array_to_string(p_keys, ' or '))
      ))
    else coalesce(
      (
        select jsonb_agg(engine.issue(
          'key_unknown', p_path || '.' || k.name,
          format('There is no "%s" here; there may be %s.', left(k.name, 100), array_to_string(p_keys, ', '))
        ) order by k.name)
        from jsonb_object_keys(p_value) as k (name)
        where k.name <> all(p_keys)
      ), '[]'
    )
  end
$$;
comment on function engine.keyed_issues(text, jsonb, text[]) is 'Issues of an object that must have some of the keys and no others.';
revoke all on function engine.keyed_issues(text, jsonb, text[]) from public;

-- sql/40_functions/definitions/listed_issues.sql
-- What is wrong with a list of ids or words. Ids may come as numbers or as text, as forms give them.
create or replace function engine.listed_issues(p_path text, p_value jsonb, p_words text[], p_pattern text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select case
    when jsonb_typeof(p_value) is distinct from 'array' or p_value = '[]'
      then jsonb_build_array(engine.issue('value_invalid', p_path, 'This must be a list with something in it.'))
    when jsonb_array_length(p_value) > 500
      then jsonb_build_array(engine.issue('value_invalid', p_path, 'This list may have at most 500 entries.'))
    else coalesce(
      (
        select jsonb_agg(engine.issue(
          'value_invalid', format('%s[%s]', p_path, i.place - 1),
          case
            when p_words is not null then format('This must be one of %s.', array_to_string(p_words, ', '))
            when p_pattern like '^[1-9]%' then 'This must be an id: a positive whole number.'
            else 'This must be the beginning of a ZIP code.'
          end
        ) order by i.place)
        from jsonb_array_elements(p_value) with ordinality as i (item, place)
        where
          jsonb_typeof(i.item) not in ('string', 'number')
          or (p_words is not null and i.item #>> '{}' <> all(p_words))
          or (p_pattern is not null and i.item #>> '{}' !~ p_pattern)
      ), '[]'
    )
  end
$$;
comment on function engine.listed_issues(text, jsonb, text[], text) is 'Issues of a list whose entries are among p_words or match p_pattern.';
revoke all on function engine.listed_issues(text, jsonb, text[], text) from public;

-- sql/40_functions/definitions/living_customers.sql
-- Under which id each customer lives on: its own, or the one that it was merged into, over however many
-- merges. Merges in a circle end nowhere, so those customers are nobody.
create or replace function engine.living_customers(p_team_id uuid)
returns table (id bigint, living_id bigint)
language sql
stable
set search_path = ''
as $$
  with recursive merged as (
    select c.id, c.merged_to_id as living_id, 1 as steps
    from engine.servicetitan_customers as c
    where c.team_id = p_team_id and c.merged_to_id is not null
    union all
    select m.id, c.merged_to_id, m.steps + 1
    from merged as m
    inner join engine.servicetitan_customers as c on c.team_id = p_team_id and m.living_id = c.id
    where c.merged_to_id is not null and m.steps < 20
  )
  select l.id, l.living_id
  from (select distinct on (m.id) m.id, m.living_id, m.steps from merged as m order by m.id, m.steps desc) as l
  where l.steps < 20
  union all
  select c.id, c.id
  from engine.servicetitan_customers as c
  where c.team_id = p_team_id and c.merged_to_id is null
$$;
comment on function engine.living_customers(uuid) is 'The customers of a team, and the id under which each lives on.';
revoke all on function engine.living_customers(uuid) from public;

-- sql/40_functions/definitions/match_customers.sql
-- Whom a definition matches. Each condition gives a set of customers; the groups are worked out once for
-- each combination of conditions that anybody fulfils. Who is marked as not to be served is left out,
-- unless the definition has a condition about that.
create or replace function engine.match_customers(p_team_id uuid, p_subject_id uuid, p_definition jsonb, p_at timestamptz)
returns setof engine.matched_customer
language sql
stable
set search_path = ''
set jit = off
as $$
  with conditions as materialized (
    select array_agg(c) as listed, coalesce(bool_or(c.do_not_service is not null), false) as asks_for_service
    from public.teams as t
    cross join lateral engine.read_conditions(p_definition, t.timezone, p_at) as c
    where t.id = p_team_id
  ),
  living as materialized (
    select l.id, l.living_id from engine.living_customers(p_team_id) as l
  ),
  work as materialized (
    select v.living_id, w.*
    from conditions as q
    cross join lateral engine.match_work(p_team_id, p_subject_id, q.listed) as w
    inner join living as v on w.customer_id = v.id
  ),
  fulfilled as materialized (
    select f.living_id, array_agg(distinct f.path) as paths
    from (
      select w.living_id, w.path from work as w
      union all
      select v.living_id, p.path
      from conditions as q
      cross join lateral engine.match_people(p_team_id, q.listed) as p
      inner join living as v on p.customer_id = v.id
    ) as f
    group by f.living_id
  ),
  people as materialized (
    select c.id, coalesce(f.paths, '{}') as paths
    from engine.servicetitan_customers as c
    cross join conditions as q
    left join fulfilled as f on c.id = f.living_id
    where c.team_id = p_team_id and c.is_active and c.merged_to_id is null and (q.asks_for_service or not c.do_not_service)
  ),
  matched as materialized (
    select p.id
    from people as p
    inner join (
      select s.paths
      from (select distinct p.paths from people as p) as s
      where engine.definition_holds('p_definition.match', p_definition -> 'match', s.paths)
    ) as h on p.paths = h.paths
  ),
  reasons as (
    -- the soonest appointment, else the latest job, else the first visit that falls due
    select distinct on (w.living_id) w.*
    from conditions as q
    cross join lateral unnest(q.listed) as c
    inner join work as w on c.path = w.path
    where not c.is_negated
    order by
      w.living_id, array_position('{appointment,job,service_event}', c.kind),
      case when c.kind = 'job' then - extract(epoch from w.at) else extract(epoch from w.at) end, w.job_id, w.appointment_id
  )
  select m.id, r.location_id, r.job_id, r.job_type_id, r.appointment_id, case when r.appointment_id is not null then r.at end
  from matched as m
  left join reasons as r on m.id = r.living_id
$$;
comment on function engine.match_customers(uuid, uuid, jsonb, timestamptz) is
'The living customers that a definition matches, with what made them match, seen from p_at over what was fetched for a subject.';
revoke all on function engine.match_customers(uuid, uuid, jsonb, timestamptz) from public;

-- sql/40_functions/definitions/match_node_issues.sql
-- What is wrong with one group or condition, its children apart.
create or replace function engine.match_node_issues(p_path text, p_node jsonb, p_depth integer)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select case
    when jsonb_typeof(p_node) is distinct from 'object'
      or (select count(*) from jsonb_object_keys(case jsonb_typeof(p_node) when 'object' then p_node else '{}' end)) <> 1
      then jsonb_build_array(engine.issue(
        'node_malformed', p_path, 'This must be an object with one key: all, any, not, or the kind of a condition.'
      ))
    when p_depth > 6
      then jsonb_build_array(engine.issue('definition_too_deep', p_path, 'Groups may lie at most five deep.'))
    when p_node ?| '{all,any}' then case
      when coalesce(jsonb_typeof(coalesce(p_node -> 'all', p_node -> 'any')), '') <> 'array'
        or coalesce(p_node -> 'all', p_node -> 'any') = '[]'
        then jsonb_build_array(engine.issue('node_malformed', p_path, 'A group must be a list with something in it.'))
      else '[]'
    end
    when p_node ? 'not' then '[]'
    else (
      select engine.condition_issues(p_path || '.' || k.kind, k.kind, k.said)
      from jsonb_each(p_node) as k (kind, said)
    )
  end
$$;
comment on function engine.match_node_issues(text, jsonb, integer) is 'Issues of a group or a condition of a definition.';
revoke all on function engine.match_node_issues(text, jsonb, integer) from public;

-- sql/40_functions/definitions/match_people.sql
-- Which conditions about customers, their places and their memberships hold for whom.
create or replace function engine.match_people(p_team_id uuid, p_conditions engine.condition[])
returns table (path text, customer_id bigint)
language sql
stable
set search_path = ''
as $$
  with wishes as materialized (
    select k.customer_id, bool_or(not k.do_not_text) as can_text, bool_or(k.wants_marketing is false) as declines
    from engine.servicetitan_contacts as k
    where k.team_id = p_team_id and k.is_active and k.kind in ('Phone', 'MobilePhone')
      and exists (select from unnest(p_conditions) as q where q.do_not_text is not null or q.marketing is not null)
    group by k.customer_id
  )
  select q.path, c.id
  from unnest(p_conditions) as q
  inner join engine.servicetitan_customers as c on c.team_id = p_team_id
  left join wishes as w on c.id = w.customer_id
  where
    q.kind = 'customer' and c.is_active and c.merged_to_id is null
    and (q.words is null or c.kind = any(q.words))
    and engine.tags_fit(c.tag_ids, q.tags_any, q.tags_all, q.tags_none)
    and engine.zip_fits(c.postal_code, q.zips)
    and (q.amounts is null or q.amounts @> coalesce(c.balance, 0))
    and (q.created is null or q.created @> c.created_at)
    and (q.do_not_service is null or q.do_not_service = c.do_not_service)
    and (q.do_not_text is null or q.do_not_text = (w.can_text is not true))
    and (q.marketing is null or q.marketing = (w.declines is not true))
  union
  select q.path, l.customer_id
  from unnest(p_conditions) as q
  inner join engine.servicetitan_locations as l on l.team_id = p_team_id
  where
    q.kind = 'location' and l.is_active and l.merged_to_id is null
    and engine.tags_fit(l.tag_ids, q.tags_any, q.tags_all, q.tags_none)
    and engine.zip_fits(l.postal_code, q.zips)
  union
  select q.path, m.customer_id
  from unnest(p_conditions) as q
  inner join engine.servicetitan_memberships as m on m.team_id = p_team_id
  where
    q.kind = 'membership'
    -- an ended membership is inactive there, and what ended is what some ask for
    and (q.words is null or m.status = any(q.words))
    and (q.words is not null or m.is_active)
    and (q.type_ids is null or m.type_id = any(q.type_ids))
    and (q.business_units is null or m.business_unit_id = any(q.business_units))
    and (q.starts is null or q.starts @> m.starts_at)
    and (q.ends is null or q.ends @> m.ends_at)
$$;
comment on function engine.match_people(uuid, engine.condition[]) is
'(path, customer) of conditions on customers, locations and memberships.';
revoke all on function engine.match_people(uuid, engine.condition[]) from public;

-- sql/40_functions/definitions/match_work.sql
-- Which conditions about jobs, appointments and visits that fall due hold for whom, and by which work.
create or replace function engine.match_work(p_team_id uuid, p_subject_id uuid, p_conditions engine.condition[])
returns table (
  path text, customer_id bigint, location_id bigint, job_id bigint, job_type_id bigint, appointment_id bigint, at timestamptz
)
language sql
stable
set search_path = ''
as $$
  select q.path, j.customer_id, j.location_id, j.id, j.job_type_id, null::bigint, coalesce(j.completed_at, j.created_at)
  from unnest(p_conditions) as q
  inner join engine.servicetitan_jobs as j on j.team_id = p_team_id and j.subject_id = p_subject_id
  where
    q.kind = 'job'
    and (q.words is null or j.status = any(q.words))
    and (q.job_types is null or j.job_type_id = any(q.job_types))
    and (q.business_units is null or j.business_unit_id = any(q.business_units))
    and (q.campaigns is null or j.campaign_id = any(q.campaigns))
    and engine.tags_fit(j.tag_ids, q.tags_any, q.tags_all, q.tags_none)
    and (q.amounts is null or q.amounts @> coalesce(j.total, 0))
    and (q.completed is null or q.completed @> j.completed_at)
    and (q.created is null or q.created @> j.created_at)
  union all
  select q.path, a.customer_id, j.location_id, a.job_id, j.job_type_id, a.id, a.starts_at
  from unnest(p_conditions) as q
  inner join engine.servicetitan_appointments as a on a.team_id = p_team_id and a.subject_id = p_subject_id
  left join engine.servicetitan_jobs as j
    on j.team_id = p_team_id and j.subject_id = p_subject_id and a.job_id = j.id
  where
    q.kind = 'appointment'
    and (q.words is null or a.status = any(q.words))
    and (q.starts is null or q.starts @> a.starts_at)
    and (q.unused is null or q.unused = a.is_unused)
    and (q.job_types is null or j.job_type_id = any(q.job_types))
    and (q.business_units is null or j.business_unit_id = any(q.business_units))
    and (coalesce(q.tags_any, q.tags_all, q.tags_none) is null or engine.tags_fit(j.tag_ids, q.tags_any, q.tags_all, q.tags_none))
  union all
  -- a visit names no customer: the way is its service, the service's place, the place's customer
  select q.path, l.customer_id, l.id, e.job_id, s.job_type_id, null, e.due_at
  from unnest(p_conditions) as q
  inner join engine.servicetitan_service_events as e on e.team_id = p_team_id and e.is_active
  inner join engine.servicetitan_recurring_services as s
    on s.team_id = p_team_id and e.recurring_service_id = s.id and s.is_active
  inner join engine.servicetitan_locations as l on l.team_id = p_team_id and s.location_id = l.id
  where
    q.kind = 'service_event'
    and (q.words is null or e.status = any(q.words))
    and (q.due is null or q.due @> e.due_at)
    and (q.type_ids is null or s.type_id = any(q.type_ids))
    and (q.job_types is null or s.job_type_id = any(q.job_types))
    and (q.business_units is null or s.business_unit_id = any(q.business_units))
$$;
comment on function engine.match_work(uuid, uuid, engine.condition[]) is
'(path, customer, job, appointment) of conditions on jobs and appointments of a run or preview, and on service events.';
revoke all on function engine.match_work(uuid, uuid, engine.condition[]) from public;

-- sql/40_functions/definitions/read_conditions.sql
-- The conditions of a definition that was found to be right, with windows as moments.
create or replace function engine.read_conditions(p_definition jsonb, p_timezone text, p_at timestamptz)
returns setof engine.condition
language sql
stable
set search_path = ''
as $$
  select
    n.path || '.' || k.kind,
    k.kind,
    n.is_negated,
    engine.json_words(coalesce(k.said -> 'statuses', case when k.kind = 'customer' then k.said -> 'types' end)),
    engine.json_ids(case k.kind when 'membership' then k.said -> 'types' when 'service_event' then k.said -> 'service_types' end),
    engine.json_ids(k.said -> 'job_types'),
    engine.json_ids(k.said -> 'business_units'),
    engine.json_ids(k.said -> 'campaigns'),
    engine.json_ids(k.said #> '{tags,any}'),
    engine.json_ids(k.said #> '{tags,all}'),
    engine.json_ids(k.said #> '{tags,none}'),
    engine.json_words(k.said -> 'zips'),
    (
      select numrange((a.said ->> 'min')::numeric, (a.said ->> 'max')::numeric, '[]')
      from (select coalesce(k.said -> 'balance', k.said -> 'total') as said) as a
      where a.said is not null
    ),
    engine.definition_window(k.said -> 'created', p_timezone, p_at),
    engine.definition_window(k.said -> 'completed', p_timezone, p_at),
    engine.definition_window(k.said -> 'starts', p_timezone, p_at),
    engine.definition_window(k.said -> 'ends', p_timezone, p_at),
    engine.definition_window(k.said -> 'due', p_timezone, p_at),
    (k.said ->> 'do_not_service')::boolean,
    (k.said ->> 'do_not_text')::boolean,
    (k.said ->> 'marketing')::boolean,
    (k.said ->> 'unused')::boolean
  from engine.definition_nodes(p_definition) as n
  cross join lateral jsonb_each(n.node) as k (kind, said)
  where k.kind not in ('all', 'any', 'not')
  order by n.ordinal
$$;
comment on function engine.read_conditions(jsonb, text, timestamptz) is 'Conditions of a valid definition in order, as seen from p_at in a zone.';
revoke all on function engine.read_conditions(jsonb, text, timestamptz) from public;

-- sql/40_functions/definitions/report_definition_issues.sql
-- What is wrong with a definition of a custom report. What the report itself asks for is in its
-- description, which a worker reads when it runs the report.
create or replace function engine.report_definition_issues(p_definition jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select engine.keyed_issues('p_definition', p_definition, '{category,report_id,parameters,columns}')
    || coalesce((
      select jsonb_agg(engine.issue('value_invalid', 'p_definition.' || v.name, v.message) order by v.name)
      from (
        values
        (
          'category', 'This must be the id of a report category, such as marketing.',
          coalesce(jsonb_typeof(p_definition -> 'category') = 'string' and length(p_definition ->> 'category') between 1 and 100, false)
        ),
        (
          'report_id', 'This must be the id of a report: a positive whole number.',
          coalesce(jsonb_typeof(p_definition -> 'report_id') in ('string', 'number') and p_definition ->> 'report_id' ~ '^[1-9][0-9]{0,17}$', false)
        ),
        (
          'parameters', 'This must be an object of the report''s parameters and their values.',
          coalesce(jsonb_typeof(p_definition -> 'parameters'), 'object') = 'object'
        ),
        (
          'columns', 'This must be an object of fields and the report''s columns.',
          coalesce(jsonb_typeof(p_definition -> 'columns'), 'object') = 'object'
        )
      ) as v (name, message, is_right)
      where not v.is_right
    ), '[]')
    || coalesce((
      select jsonb_agg(engine.issue(
        'mapping_field_unknown', 'p_definition.columns.' || c.field, format('There is no field %s.', left(c.field, 100))
      ) order by c.field)
      from jsonb_object_keys(
        case jsonb_typeof(p_definition -> 'columns') when 'object' then p_definition -> 'columns' else '{}' end
      ) as c (field)
      where not exists (select from reference.import_headers as h where h.field = c.field)
    ), '[]')
$$;
comment on function engine.report_definition_issues(jsonb) is 'Issues of {category, report_id, parameters, columns}.';
revoke all on function engine.report_definition_issues(jsonb) from public;

-- sql/40_functions/definitions/servicetitan_definition_issues.sql
-- What is wrong with a definition of filters over ServiceTitan.
create or replace function engine.servicetitan_definition_issues(p_definition jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with nodes as materialized (
    select * from engine.definition_nodes(p_definition)
  )
  select engine.keyed_issues('p_definition', p_definition, '{match,phone,purpose}')
    || case
      when p_definition ? 'match' then '[]'
      else jsonb_build_array(engine.issue('definition_missing', 'p_definition.match', 'The definition does not say whom to match.'))
    end
    || case
      when not p_definition ? 'phone' or p_definition ->> 'phone' in ('any', 'call', 'text') then '[]'
      else jsonb_build_array(engine.issue('value_invalid', 'p_definition.phone', 'This must be any, call or text.'))
    end
    || case
      when not p_definition ? 'purpose' or p_definition ->> 'purpose' in ('marketing', 'service') then '[]'
      else jsonb_build_array(engine.issue('value_invalid', 'p_definition.purpose', 'This must be marketing or service.'))
    end
    || case
      when (select count(*) from nodes) <= 200 then coalesce(
        (
          select jsonb_agg(i.issue order by n.ordinal, i.place)
          from nodes as n
          cross join lateral jsonb_array_elements(
            engine.match_node_issues(n.path, n.node, n.depth)
          ) with ordinality as i (issue, place)
        ), '[]'
      )
      else jsonb_build_array(engine.issue(
        'definition_too_large', 'p_definition.match', 'A definition may have at most 200 groups and conditions.'
      ))
    end
$$;
comment on function engine.servicetitan_definition_issues(jsonb) is 'Issues of {match, phone, purpose}.';
revoke all on function engine.servicetitan_definition_issues(jsonb) from public;

-- sql/40_functions/definitions/span_issues.sql
-- What is wrong with {min, max}: whole days of at most ten years, or amounts; and the lower one first.
create or replace function engine.span_issues(p_path text, p_value jsonb, p_type text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  with sides as (
    select
      s.side,
      case
        when jsonb_typeof(s.value) is distinct from 'number' then null
        when p_type = 'days' and s.value::text !~ '^[0-9]{1,4}$' then null
        when abs(s.value::text::numeric) > 1000000000 then null
        else s.value::text::numeric
      end as amount
    from jsonb_each(case jsonb_typeof(p_value) when 'object' then p_value else '{}' end) as s (side, value)
    where s.side in ('min', 'max')
  )
  select coalesce(jsonb_agg(i.issue), '[]')
  from (
    select engine.issue(
      'value_invalid', p_path || '.' || s.side,
      case p_type when 'days' then 'This must be a whole number of days, 0 to 9999.' else 'This must be a number.' end
    ) as issue
    from sides as s
    where s.amount is null
    union all
    select engine.issue('value_invalid', p_path, 'min must not be more than max.')
    from sides as low
    inner join sides as high on low.side = 'min' and high.side = 'max'
    where low.amount > high.amount
  ) as i
$$;
comment on function engine.span_issues(text, jsonb, text) is 'Issues of the numbers in {min, max}; p_type is days or amount.';
revoke all on function engine.span_issues(text, jsonb, text) from public;

-- sql/40_functions/definitions/stage_customers.sql
-- The customers that a definition matches as rows of a run or a preview, like the rows of a file: from
-- here on both go the same way. Companies have no first name.
create or replace function engine.stage_customers(p_team_id uuid, p_subject_id uuid, p_definition jsonb, p_at timestamptz)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_matched engine.matched_customer[] := array(
    select m from engine.match_customers(p_team_id, p_subject_id, p_definition, p_at) as m order by m.customer_id
  );
begin
  insert into engine.import_rows (
    team_id, run_id, row_number, phone, last_name, full_name, email, postal_code, servicetitan_customer_id, reader_problem
  )
  select
    p_team_id, p_subject_id, m.place, p.phone, case when c.kind = 'Commercial' then c.name end,
    case when c.kind is distinct from 'Commercial' then c.name end, e.value, coalesce(l.postal_code, c.postal_code),
    c.id::text, p.problem
  from unnest(v_matched) with ordinality as m (
    customer_id, location_id, job_id, job_type_id, appointment_id, appointment_starts_at, place
  )
  inner join engine.servicetitan_customers as c on c.team_id = p_team_id and m.customer_id = c.id
  inner join engine.choose_phones(
    p_team_id, array(select v.customer_id from unnest(v_matched) as v),
    coalesce(p_definition ->> 'phone', 'any'), coalesce(p_definition ->> 'purpose', 'marketing')
  ) as p on m.customer_id = p.customer_id
  left join engine.servicetitan_locations as l on l.team_id = p_team_id and m.location_id = l.id
  left join (
    select distinct on (k.customer_id) k.customer_id, k.value
    from engine.servicetitan_contacts as k
    where k.team_id = p_team_id and k.kind = 'Email' and k.is_active
    order by k.customer_id, k.modified_at desc nulls last, k.id desc
  ) as e on m.customer_id = e.customer_id;
  insert into engine.member_facts
  select p_team_id, p_subject_id, m.place, m.job_id, m.job_type_id, m.appointment_id, m.appointment_starts_at
  from unnest(v_matched) with ordinality as m (
    customer_id, location_id, job_id, job_type_id, appointment_id, appointment_starts_at, place
  )
  where m.job_id is not null or m.job_type_id is not null;
  return cardinality(v_matched);
end
$$;
comment on function engine.stage_customers(uuid, uuid, jsonb, timestamptz) is
'Stages the customers that a definition matches, with their numbers and facts; returns how many.';
revoke all on function engine.stage_customers(uuid, uuid, jsonb, timestamptz) from public;

-- sql/40_functions/definitions/tags_fit.sql
-- Whether tags are as a condition wants them. Small enough to become part of the query that asks.
create or replace function engine.tags_fit(p_tags bigint[], p_any bigint[], p_all bigint[], p_none bigint[])
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select (p_any is null or p_tags && p_any) and (p_all is null or p_tags @> p_all) and (p_none is null or not p_tags && p_none)
$$;
comment on function engine.tags_fit(bigint[], bigint[], bigint[], bigint[]) is 'Whether tags have any, all and none of those asked for.';
revoke all on function engine.tags_fit(bigint[], bigint[], bigint[], bigint[]) from public;

-- sql/40_functions/definitions/value_issues.sql
-- What is wrong with the value of one field of a condition.
create or replace function engine.value_issues(p_path text, p_value jsonb, p_field reference.condition_fields)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select case (p_field).type
    when 'words' then engine.listed_issues(p_path, p_value, (p_field).words, null)
    when 'ids' then engine.listed_issues(p_path, p_value, null, '^[1-9][0-9]{0,17}$')
    when 'zips' then engine.listed_issues(p_path, p_value, null, '^[0-9A-Za-z][0-9A-Za-z -]{0,9}$')
    when 'tags' then engine.keyed_issues(p_path, p_value, '{any,all,none}') || coalesce(
      (
        select jsonb_agg(i.issue)
        from jsonb_each(case jsonb_typeof(p_value) when 'object' then p_value else '{}' end) as t (how, ids)
        cross join lateral jsonb_array_elements(
          engine.listed_issues(p_path || '.' || t.how, t.ids, null, '^[1-9][0-9]{0,17}$')
        ) as i (issue)
        where t.how in ('any', 'all', 'none')
      ), '[]'
    )
    when 'amount' then engine.keyed_issues(p_path, p_value, '{min,max}') || engine.span_issues(p_path, p_value, 'amount')
    when 'window' then engine.window_issues(p_path, p_value)
    when 'flag' then case
      when jsonb_typeof(p_value) = 'boolean' then '[]'
      else jsonb_build_array(engine.issue('value_invalid', p_path, 'This must be true or false.'))
    end
  end
$$;
comment on function engine.value_issues(text, jsonb, reference.condition_fields) is 'Issues of a field''s value.';
revoke all on function engine.value_issues(text, jsonb, reference.condition_fields) from public;

-- sql/40_functions/definitions/window_issues.sql
-- What is wrong with a window of time: days ago, days ahead, or dates.
create or replace function engine.window_issues(p_path text, p_value jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select case
    when jsonb_typeof(p_value) is distinct from 'object'
      or (p_value ? 'days_ago')::integer + (p_value ? 'days_ahead')::integer + (p_value ?| '{from,to}')::integer <> 1
      then jsonb_build_array(engine.issue(
        'value_invalid', p_path, 'A window is one of {"days_ago": {min, max}}, {"days_ahead": {min, max}} and {"from", "to"}.'
      ))
    when p_value ?| '{from,to}' then engine.keyed_issues(p_path, p_value, '{from,to}') || engine.date_issues(p_path, p_value)
    else engine.keyed_issues(p_path, p_value, '{days_ago,days_ahead}') || coalesce(
      (
        select jsonb_agg(i.issue)
        from jsonb_each(p_value) as w (form, span)
        cross join lateral jsonb_array_elements(
          engine.keyed_issues(p_path || '.' || w.form, w.span, '{min,max}')
          || engine.span_issues(p_path || '.' || w.form, w.span, 'days')
        ) as i (issue)
        where w.form in ('days_ago', 'days_ahead')
      ), '[]'
    )
  end
$$;
comment on function engine.window_issues(text, jsonb) is 'Issues of a window.';
revoke all on function engine.window_issues(text, jsonb) from public;

-- sql/40_functions/definitions/zip_fits.sql
-- Whether a ZIP code begins with one of those asked for.
create or replace function engine.zip_fits(p_zip text, p_beginnings text[])
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select p_beginnings is null or exists (select from unnest(p_beginnings) as b (beginning) where starts_with(p_zip, b.beginning))
$$;
comment on function engine.zip_fits(text, text[]) is 'Whether a ZIP code begins with one of p_beginnings; null asks for nothing.';
revoke all on function engine.zip_fits(text, text[]) from public;

-- sql/40_functions/engine/accept_attempts.sql
-- The provider has the request: its id is stored, the job is DISPATCHED, and events that came before
-- this was known are applied. A job that was closed meanwhile stays closed; the ledger still tells.
create or replace function engine.accept_attempts(p_results engine.dispatch_result[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  if cardinality(p_results) = 0 then
    return;
  end if;
  update engine.attempts as a
  set
    status = 'ACCEPTED', provider_id = r.provider_id, code = r.code, message = r.message,
    resolved_at = engine.now()
  from unnest(p_results) as r
  where a.team_id = r.team_id and a.id = r.attempt_id;

  update engine.jobs as j
  set
    status = 'DISPATCHED', provider_id = r.provider_id, dispatched_at = engine.now(),
    check_at = engine.now() + engine.silence(j.channel), lease_owner = null, lease_expires_at = null,
    reply_deadline = engine.now() + (n.config ->> 'reply_window')::interval
  from unnest(p_results) as r
  inner join engine.jobs as k on r.team_id = k.team_id and r.job_id = k.id
  inner join public.workflow_nodes as n
    on k.team_id = n.team_id and k.workflow_id = n.workflow_id and k.node_id = n.id
  where j.team_id = r.team_id and j.id = r.job_id and j.status in ('READY', 'CLAIMED', 'AMBIGUOUS');

  perform engine.apply_events(array(
    select (e.provider, e.event_key)::engine.event_ref
    from unnest(p_results) as r
    inner join engine.attempts as a on r.team_id = a.team_id and r.attempt_id = a.id
    inner join engine.events as e
      on a.provider = e.provider and r.provider_id = e.provider_id and e.result = 'waiting'
  ));
end
$$;
comment on function engine.accept_attempts(engine.dispatch_result[]) is
'Attempts that the provider took: the job is DISPATCHED and waiting events are applied.';
revoke all on function engine.accept_attempts(engine.dispatch_result[]) from public;

-- sql/40_functions/engine/advance_enrollments.sql
-- After jobs have ended: an opt-out stops everything for the number; a retry rule or the first edge
-- that matches makes the next job; without either the journey is over.
create or replace function engine.advance_enrollments(p_ended engine.finished_job[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_steps engine.step[];
begin
  perform
  from unnest(p_ended) as f
  inner join engine.jobs as j on f.team_id = j.team_id and f.job_id = j.id
  inner join engine.enrollments as e on j.team_id = e.team_id and j.enrollment_id = e.id
  order by e.id
  for update of e;

  update engine.enrollments as e
  set booked_at = engine.now()
  from unnest(p_ended) as f
  inner join engine.jobs as j on f.team_id = j.team_id and f.job_id = j.id
  where f.outcome = 'booked' and e.team_id = j.team_id and e.id = j.enrollment_id and e.booked_at is null
    and e.status = 'ACTIVE';

  perform engine.stop_numbers(array(
    select (j.team_id, j.phone, null, 'opted_out', j.channel || ' ' || coalesce(f.reason_code, ''), f.reply_text)::engine.stop
    from unnest(p_ended) as f
    inner join engine.jobs as j on f.team_id = j.team_id and f.job_id = j.id
    -- Not twice for one stop: whoever found it may have carried it out already.
    where f.outcome = 'opted_out' and (
      select count(*) from public.suppressions as s
      where s.team_id = j.team_id and s.phone = j.phone and s.reason = 'opted_out'
    ) < cardinality(enum_range(null::public.contact_channel))
  ));

  v_steps := array(select s from engine.next_steps(p_ended) as s);
  update engine.enrollments as e
  set retries_left = e.retries_left - 1
  from unnest(v_steps) as s
  where s.is_retry and s.spends_budget and e.team_id = (s.job).team_id and e.id = (s.job).enrollment_id;
  perform engine.create_jobs(array(select s.job from unnest(v_steps) as s where s.job is not null));
  perform engine.end_enrollments(
    array(select s.team_id from unnest(v_steps) as s where s.end_status is not null),
    array(select s.enrollment_id from unnest(v_steps) as s where s.end_status is not null),
    array(select s.end_status from unnest(v_steps) as s where s.end_status is not null),
    array(select s.reason_code from unnest(v_steps) as s where s.end_status is not null)
  );
end
$$;
comment on function engine.advance_enrollments(engine.finished_job[]) is
'Moves the enrollments of ended jobs on: opt-out, retry, next node or the end.';
revoke all on function engine.advance_enrollments(engine.finished_job[]) from public;

-- sql/40_functions/engine/apply_events.sql
-- Applies stored events to their jobs. An event for an attempt that is still open proves that the
-- provider has the request, so it is accepted first. Jobs are locked in order of id before anything
-- else, so that two deliveries of one event, or an event and the worker's own answer, take turns.
create or replace function engine.apply_events(p_events engine.event_ref[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_readings engine.event_reading[];
begin
  if cardinality(p_events) = 0 then
    return;
  end if;
  perform engine.apply_inbound_texts(p_events);
  v_readings := array(select r from engine.read_events(p_events) as r);
  perform
  from unnest(v_readings) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  order by j.id
  for update of j;

  -- Read again: what another transaction told of these calls while the locks were waited for counts.
  v_readings := array(select r from engine.read_events(p_events) as r);

  update engine.events as e
  set
    team_id = r.team_id, attempt_id = r.attempt_id, applied_at = engine.now(),
    result = case when (r.reading).kind = 'ignored' then 'ignored' else 'applied' end
  from unnest(v_readings) as r
  where e.provider = r.provider and e.event_key = r.event_key and e.result = 'waiting';

  perform engine.accept_attempts(array(
    select distinct (
      a.team_id, a.job_id, a.id, 'accepted', 'job', null, 'known from an event', r.provider_id, null
    )::engine.dispatch_result
    from unnest(v_readings) as r
    inner join engine.attempts as a on r.team_id = a.team_id and r.attempt_id = a.id
    where r.provider_id is not null and engine.may_be_accepted(a)
  ));
  perform engine.apply_readings(v_readings);
end
$$;
comment on function engine.apply_events(engine.event_ref[]) is 'Applies stored events to their jobs; unknown ones stay waiting.';
revoke all on function engine.apply_events(engine.event_ref[]) from public;

-- sql/40_functions/engine/apply_inbound_texts.sql
-- Inbound texts. A stop takes effect in this transaction, for every job of the number in the team; any
-- other text answers the one of ours that waits for a reply.
create or replace function engine.apply_inbound_texts(p_events engine.event_ref[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_text record;
begin
  -- One at a time, because two texts of one person must be taken in the order in which they came. Should
  -- two teams have the same number at one account, a stop holds for both.
  for v_text in
    select t.*
    from engine.read_inbound_texts(p_events) as t
    where t.team_id is not null and t.phone is not null and not t.must_wait
    order by t.event_key, t.team_id
  loop
    if v_text.consent = 'opt_out' then
      perform engine.stop_numbers(array[
        (v_text.team_id, v_text.phone, null, 'opted_out', 'inbound text', v_text.words)::engine.stop
      ]);
    elsif v_text.consent = 'opt_in' then
      perform engine.readmit_number(v_text.team_id, v_text.phone, 'text', 'inbound text', v_text.words);
    end if;
    if v_text.job_id is not null then
      perform engine.finish_jobs(array[(
        v_text.team_id, v_text.job_id,
        case v_text.consent when 'opt_out' then 'opted_out' when 'opt_in' then 'opted_in' else 'replied' end,
        'inbound_text', v_text.words
      )::engine.finished_job]);
    end if;
  end loop;
  update engine.events as e
  set
    team_id = t.team_id, applied_at = engine.now(),
    result = case when t.team_id is null or t.phone is null then 'ignored' else 'applied' end
  from engine.read_inbound_texts(p_events) as t
  where e.provider = t.provider and e.event_key = t.event_key and e.result = 'waiting'
    and not t.must_wait;
end
$$;
comment on function engine.apply_inbound_texts(engine.event_ref[]) is 'Stops, opt-ins and replies that people texted.';
revoke all on function engine.apply_inbound_texts(engine.event_ref[]) from public;

-- sql/40_functions/engine/apply_readings.sql
-- Carries out what events say. The jobs are locked and dispatched by now.
create or replace function engine.apply_readings(p_readings engine.event_reading[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  -- Most events only say that something goes on.
  if not exists (
    select from unnest(p_readings) as r where (r.reading).kind not in ('progress', 'ignored')
  ) then
    return;
  end if;
  -- Said during the call: it holds at once, whatever the report says later.
  perform engine.stop_numbers(array(
    select (j.team_id, j.phone, null, 'opted_out', concat_ws(' ', j.channel, (r.reading).reason_code),
      (r.reading).words)::engine.stop
    from unnest(p_readings) as r
    inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
    where (r.reading).kind = 'opt_out' or (r.reading).outcome = 'opted_out'
  ));
  perform engine.book_late(p_readings);
  -- The call is over and its report is due; if that is lost, the provider is asked soon.
  update engine.jobs as j
  set check_at = least(j.check_at, engine.now() + interval '2 minutes')
  from unnest(p_readings) as r
  where (r.reading).kind = 'ended' and j.team_id = r.team_id and j.id = r.job_id and j.status = 'DISPATCHED';

  -- Delivered, and waiting for a reply: there is nothing to ask the provider until the wait is over.
  update engine.jobs as j
  set check_at = j.reply_deadline + interval '1 hour'
  from unnest(p_readings) as r
  where (r.reading).kind = 'delivered' and j.team_id = r.team_id and j.id = r.job_id and j.status = 'DISPATCHED'
    and j.reply_deadline is not null;

  perform engine.finish_jobs(array(
    select (r.team_id, r.job_id, o.outcome, (r.reading).reason_code, (r.reading).words)::engine.finished_job
    from unnest(p_readings) as r
    inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
    cross join lateral (
      select case
        when (r.reading).kind = 'final' then (r.reading).outcome
        -- A text that waits for a reply is not over when it has arrived.
        when (r.reading).kind = 'delivered' and j.reply_deadline is null then 'delivered'
      end as outcome
    ) as o
    where o.outcome is not null
  ));
  perform engine.pause_refused_accounts(p_readings);
end
$$;
comment on function engine.apply_readings(engine.event_reading[]) is 'Opt-outs, ends and outcomes of a set of events.';
revoke all on function engine.apply_readings(engine.event_reading[]) from public;

-- sql/40_functions/engine/apply_waiting_events.sql
-- Events that waited: for an attempt's acceptance that a concurrent transaction did not see them, or for
-- a text that was not settled. What nobody knows after a week never was ours.
create or replace function engine.apply_waiting_events()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_known engine.event_ref[] := array(
    select (e.provider, e.event_key)::engine.event_ref
    from engine.events as e
    where e.result = 'waiting' and (e.type = 'inbound' or exists (
      select from engine.find_attempt(e.provider, e.attempt_id, e.provider_id, e.secret_name)
    ))
    order by e.received_at
    limit 1000
    for update of e skip locked
  );
begin
  perform engine.apply_events(v_known);
  update engine.events as e
  set result = 'ignored', applied_at = engine.now()
  where e.result = 'waiting' and e.received_at < engine.now() - interval '7 days';
  return cardinality(v_known);
end
$$;
comment on function engine.apply_waiting_events() is
'Applies events whose attempt has become known, and gives up those that nobody knew for a week.';
revoke all on function engine.apply_waiting_events() from public;

-- sql/40_functions/engine/back_off.sql
-- 15 s, 30 s, 60 s … up to an hour, spread by half; never sooner than the provider asked.
create or replace function engine.back_off(p_attempt_count integer, p_retry_after_seconds double precision)
returns interval
language sql
volatile
set search_path = ''
as $$
  select make_interval(secs => greatest(
    least(15 * 2 ^ least(greatest(p_attempt_count, 1) - 1, 10), 3600) * (0.5 + random() / 2),
    least(coalesce(p_retry_after_seconds, 0), 86400)
  ))
$$;
comment on function engine.back_off(integer, double precision) is
'How long to wait before trying again after so many attempts, at least what the provider asked for.';
revoke all on function engine.back_off(integer, double precision) from public;

-- sql/40_functions/engine/begin_attempts.sql
-- Called right before sending, and for no more jobs than will be sent at once. Writes each attempt; the
-- worker sends only what came back, after this has committed. So whatever stops a contact (a pause,
-- a cancelled campaign, an opt-out) stops everything that has not begun here.
-- Campaigns are locked first, then contacts, then jobs, each in order of id: a pause under way is waited
-- for, then seen.
create or replace function engine.begin_attempts(p_worker text, p_job_ids uuid[])
returns table (
  team_id uuid, attempt_id uuid, job_id uuid, attempt_number integer, provider text,
  secret_name text, account_ref text, request jsonb
)
language plpgsql
security definer -- workers may read no table
set search_path = ''
set jit = off
set lock_timeout = '2s' -- a gate that waited longer would judge by an old clock; the worker asks again
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
#variable_conflict use_column
declare
  v_held uuid[];
  v_verdicts engine.verdict[];
begin
  perform
  from public.campaigns as c
  where c.id in (select j.campaign_id from engine.jobs as j where j.id = any(p_job_ids))
  order by c.id
  for share of c;

  -- One at a time for a person: whoever begins for the same number in another campaign is waited for.
  perform
  from public.contacts as p
  inner join engine.jobs as j on p.team_id = j.team_id and p.id = j.contact_id
  where j.id = any(p_job_ids)
  order by p.id
  for no key update of p;

  v_held := array(
    select l.id
    from (
      select j.team_id, j.id
      from engine.jobs as j
      where j.id = any(p_job_ids) and j.status = 'CLAIMED' and j.lease_owner = p_worker
        and j.lease_expires_at > engine.now()
      order by j.id
      for update of j
    ) as l
    where not engine.has_live_attempt(l.team_id, l.id)
  );
  -- Asked after the locks are held, in a statement of its own, so that it sees what they waited for.
  v_verdicts := array(select v from engine.check_eligibility(v_held) as v);
  perform engine.release_jobs(v_verdicts);

  update engine.jobs as j
  set attempt_count = j.attempt_count + 1
  from unnest(v_verdicts) as v
  where v.decision = 'pass' and j.team_id = v.team_id and j.id = v.job_id;

  return query
  with begun as (
    insert into engine.attempts (team_id, job_id, attempt_number, provider, worker, request)
    select j.team_id, j.id, j.attempt_count, engine.provider_for(j.channel), p_worker, r.request
    from unnest(v_verdicts) as v
    inner join engine.jobs as j on v.team_id = j.team_id and v.job_id = j.id
    inner join engine.build_requests(v_held) as r on j.id = r.job_id
    where v.decision = 'pass'
    returning team_id, id, job_id, attempt_number, provider, request
  )

  select
    b.team_id, b.id, b.job_id, b.attempt_number, b.provider::text, i.secret_name, i.account_ref, b.request
  from begun as b
  inner join engine.jobs as j on b.team_id = j.team_id and b.job_id = j.id
  inner join public.integrations as i on j.team_id = i.team_id and j.integration_id = i.id;
end
$$;
comment on function engine.begin_attempts(text, uuid[]) is
'Writes an attempt for each leased job that still passes the gate, and returns what to ask of which provider.';
revoke all on function engine.begin_attempts(text, uuid[]) from public;
grant execute on function engine.begin_attempts(text, uuid[]) to outbound_worker;

-- sql/40_functions/engine/book_late.sql
-- A booking that was told after its job had ended otherwise: what is still to come is called off. The
-- report may come after the call was asked for, and a tool may be told of after the report.
create or replace function engine.book_late(p_readings engine.event_reading[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  update engine.enrollments as e
  set booked_at = engine.now()
  from unnest(p_readings) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  where (r.reading).outcome = 'booked' and j.finished_at is not null
    and e.team_id = j.team_id and e.id = j.enrollment_id and e.status = 'ACTIVE' and e.booked_at is null;
  perform engine.close_jobs(array(
    select (k.team_id, k.id, 'booked', 'BOOKED')::engine.closed_job
    from unnest(p_readings) as r
    inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
    inner join engine.jobs as k on j.team_id = k.team_id and j.enrollment_id = k.enrollment_id
    where (r.reading).outcome = 'booked' and j.finished_at is not null and j.outcome is distinct from 'booked'
      and k.status in ('READY', 'CLAIMED')
    order by k.id
    for update of k
  ));
end
$$;
comment on function engine.book_late(engine.event_reading[]) is 'Marks enrollments booked whose job had ended otherwise, and calls off their open jobs.';
revoke all on function engine.book_late(engine.event_reading[]) from public;

-- sql/40_functions/engine/build_requests.sql
-- What is asked of a provider for each job, in the product's own words; the worker's client translates
-- it. Templates are filled here, so that what is sent is what the ledger holds. What the assistant of a
-- text writes stands on the node since the workflow was published.
create or replace function engine.build_requests(p_job_ids uuid[])
returns table (job_id uuid, request jsonb)
language sql
stable
set search_path = ''
as $$
  select j.id, case j.channel
    when 'call' then jsonb_build_object(
      'to', j.phone,
      'phone_number_id', f.vapi_phone_number_id,
      'assistant_id', a.provider_assistant_id,
      'first_message', engine.render_template(n.config ->> 'first_message', v.variables),
      'customer_name', nullif(v.variables ->> 'full_name', ''),
      'variables', v.variables
    )
    else jsonb_build_object(
      'to', j.phone,
      'from', f.phone,
      'body', engine.render_template(coalesce(n.config ->> 'template', n.assistant_template), v.variables)
    )
  end
  from unnest(p_job_ids) as asked (id)
  inner join engine.jobs as j on asked.id = j.id
  inner join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
  inner join public.teams as t on j.team_id = t.id
  inner join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
  inner join public.phone_numbers as f on c.team_id = f.team_id and c.phone_number_id = f.id
  inner join public.workflow_nodes as n
    on j.team_id = n.team_id and j.workflow_id = n.workflow_id and j.node_id = n.id
  left join public.assistants as a
    on j.team_id = a.team_id and n.config ->> 'assistant_id' = a.id::text
  left join public.audience_members as m
    on c.team_id = m.team_id and c.list_id = m.list_id and j.contact_id = m.contact_id
  cross join lateral (
    select engine.template_values(t, p, m) || coalesce(n.config -> 'template_overrides', '{}') as variables
  ) as v
$$;
comment on function engine.build_requests(uuid[]) is
'The provider-neutral request of each job: call {to, phone_number_id, assistant_id, first_message, customer_name, variables}; text {to, from, body}.';
revoke all on function engine.build_requests(uuid[]) from public;

-- sql/40_functions/engine/calendar_end.sql
-- How far a calendar must reach for a set of jobs to fit in: three weeks, so that a weekday that is
-- closed twice is found, and six times the batches, because doors may be open a few hours a day only.
create or replace function engine.calendar_end(p_latest timestamptz, p_batches numeric, p_interval interval)
returns timestamptz
language sql
stable
parallel safe
set search_path = ''
as $$
  select p_latest + interval '21 days' + coalesce(p_batches::double precision * p_interval * 6, interval '0')
$$;
comment on function engine.calendar_end(timestamptz, numeric, interval) is
'Until when open hours are worked out for jobs of which the last is due at p_latest, in so many batches of an interval.';
revoke all on function engine.calendar_end(timestamptz, numeric, interval) from public;

-- sql/40_functions/engine/check_eligibility.sql
-- The gate: may these jobs be sent now? One function, asked when a job is claimed and again right
-- before it is sent, and it fails closed: what it does not know, it does not let through.
-- The order matters: what ends a job comes before what only delays it.
create or replace function engine.check_eligibility(p_job_ids uuid[])
returns setof engine.verdict
language sql
stable
set search_path = ''
as $$
  with jobs as materialized (
    select
      j.team_id, j.id, j.phone, j.channel, j.status, j.due_at, n.config -> 'business_hours' as business_hours,
      c.status as campaign_status, c.max_lateness, e.status as enrollment_status,
      t.timezone as team_timezone, p.timezones, p.regions, i.status as integration_status,
      (
        select max(s.reason)
        from public.suppressions as s
        where s.team_id = j.team_id and s.phone = j.phone and s.channel = j.channel
      ) as suppression,
      engine.is_fictitious(j.phone) and not (t.is_sandbox and coalesce(i.is_sandbox, false)) as is_not_real,
      (select d.environment = 'sandbox' from engine.deployment as d) and i.is_sandbox is distinct from true
        as is_live_in_sandbox,
      row_number() over (partition by j.team_id, j.phone order by j.id) > 1 as is_second
    from unnest(p_job_ids) as asked (id)
    inner join engine.jobs as j on asked.id = j.id
    inner join public.teams as t on j.team_id = t.id
    left join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
    left join engine.enrollments as e on j.team_id = e.team_id and j.enrollment_id = e.id
    left join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
    left join public.integrations as i on j.team_id = i.team_id and j.integration_id = i.id
    left join public.workflow_nodes as n
      on j.team_id = n.team_id and j.workflow_id = n.workflow_id and j.node_id = n.id
  ),

  calendars as materialized (
    select k.*, engine.open_hours(
      k.channel, k.business_hours, k.team_timezone, k.timezones, k.regions,
      engine.now(), engine.now() + interval '15 days'
    ) as open_hours
    from (
      select distinct channel, business_hours, team_timezone, timezones, regions from jobs
    ) as k
  )

  select
    j.team_id, j.id, v.decision, v.reason_code,
    case when v.decision = 'defer' then engine.first_open(k.open_hours, coalesce(m.until, engine.now())) end,
    case when v.decision = 'close' then engine.closing_status(v.reason_code) end
  from jobs as j
  left join calendars as k
    on j.channel = k.channel and j.business_hours is not distinct from k.business_hours
    and j.team_timezone = k.team_timezone and j.timezones is not distinct from k.timezones
    and j.regions is not distinct from k.regions
  left join lateral (
    select l.reason_code, l.until
    from engine.contact_limits(j.team_id, j.id, j.phone, j.channel, j.timezones, j.regions) as l
    union all
    -- Two of one person's jobs in one set: one at a time.
    select 'one_at_a_time', engine.now() + interval '10 minutes' where j.is_second
    order by 2 desc
    limit 1
  ) as m on j.campaign_status = 'ACTIVE' and k.open_hours @> engine.now()
  cross join lateral (
    select case
      when j.campaign_status = 'CANCELLED' then array['close', 'campaign_cancelled']
      when j.enrollment_status is distinct from 'ACTIVE' then array['close', 'enrollment_ended']
      when j.suppression is not null then array['close', 'suppressed_' || j.suppression]
      when j.is_not_real is distinct from false then array['close', 'number_is_fictitious']
      when coalesce(cardinality(j.timezones), 0) = 0 then array['close', 'timezone_unknown']
      when engine.now() > j.due_at + j.max_lateness then array['close', 'too_late']
      when isempty(k.open_hours) is distinct from false then array['close', 'never_open']
      when j.campaign_status is distinct from 'ACTIVE' then array['hold', 'campaign_not_active']
      when j.integration_status is distinct from 'ACTIVE' then array['hold', 'integration_paused']
      -- A clock that can be set must never decide when real people are called.
      when j.is_live_in_sandbox is distinct from false then array['hold', 'live_account_in_sandbox']
      when engine.first_open(k.open_hours, coalesce(m.until, engine.now())) is null then array['close', 'never_open']
      when not k.open_hours @> engine.now() then array['defer', 'outside_hours']
      when m.reason_code is not null then array['defer', m.reason_code]
      when k.open_hours @> engine.now() then array['pass', null]
      else array['hold', 'undecided']
    end as answer
  ) as a
  cross join lateral (select a.answer[1] as decision, a.answer[2] as reason_code) as v
$$;
comment on function engine.check_eligibility(uuid[]) is
'The gate''s verdict for each job: pass, hold, defer or close, with a reason. Fails closed.';
revoke all on function engine.check_eligibility(uuid[]) from public;

-- sql/40_functions/engine/claim_ambiguous.sql
-- Work for the reconciler: attempts whose fate is unknown, and dispatched jobs that no event has come
-- for. Claiming one moves its next check past the lease, so that two reconcilers do not both ask.
create or replace function engine.claim_ambiguous(p_worker text, p_limit integer, p_lease interval)
returns table (
  team_id uuid, attempt_id uuid, job_id uuid, provider text, secret_name text, account_ref text,
  kind text, provider_id text, begun_at timestamptz, request jsonb, taken_ids text[]
)
language sql
volatile
security definer -- workers may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
  with due as (
    select j.team_id, j.id
    from engine.jobs as j
    where j.status in ('DISPATCHED', 'AMBIGUOUS') and j.check_at <= engine.now()
    order by j.check_at
    limit p_limit
    for update of j skip locked
  ),

  claimed as (
    update engine.jobs as j
    set check_at = engine.now() + p_lease
    from due as d
    where j.team_id = d.team_id and j.id = d.id
    returning j.team_id, j.id, j.status, j.integration_id, j.phone
  )

  select
    c.team_id, a.id, c.id, a.provider::text, i.secret_name, i.account_ref,
    case c.status when 'AMBIGUOUS' then 'ambiguous' else 'silent' end, a.provider_id, a.begun_at, a.request,
    array(
      -- What the provider gave to others for the same person is not this one, however alike.
      select o.provider_id
      from engine.jobs as k
      inner join engine.attempts as o on k.team_id = o.team_id and k.id = o.job_id
      where k.team_id = c.team_id and k.phone = c.phone and o.id <> a.id and o.provider_id is not null
        and o.begun_at > a.begun_at - interval '1 day'
    )
  from claimed as c
  inner join engine.attempts as a
    on c.team_id = a.team_id and c.id = a.job_id and a.status in ('AMBIGUOUS', 'ACCEPTED')
  inner join public.integrations as i on c.team_id = i.team_id and c.integration_id = i.id
$$;
comment on function engine.claim_ambiguous(text, integer, interval) is
'Attempts to ask the provider about: ambiguous ones, and dispatched jobs that were silent too long; taken_ids are the provider''s ids that belong to other attempts.';
revoke all on function engine.claim_ambiguous(text, integer, interval) from public;
grant execute on function engine.claim_ambiguous(text, integer, interval) to outbound_worker;

-- sql/40_functions/engine/claim_jobs.sql
-- Leases due jobs to a worker. Other workers' rows are skipped, never waited for. The gate runs here,
-- so that what may not be sent never leaves the database; it runs again when an attempt begins.
-- Calls of one account are leased under a lock on the account's row, so that two workers cannot both
-- see the last free line.
create or replace function engine.claim_jobs(
  p_worker text,
  p_queues text[],
  p_limit integer,
  p_lease interval default '60 seconds'
)
returns table (
  team_id uuid, job_id uuid, queue text, priority smallint, run_at timestamptz, lease_expires_at timestamptz
)
language plpgsql
security definer -- workers may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_due uuid[];
  v_verdicts engine.verdict[];
  v_claimed uuid[] := '{}'::uuid[];
begin
  if p_worker is null or p_limit is null or p_limit < 1 or p_lease is null or p_lease <= interval '0' then
    perform engine.refuse('OB001', 'A claim needs a worker''s name, a limit of at least 1 and a lease.', '[]');
  end if;
  -- A round for each batch that the gate empties: what it defers must not hide what is due behind it.
  for v_round in 1..20 loop
    v_due := array(
      select d.job_id from engine.lock_due_jobs(p_queues, p_limit - cardinality(v_claimed)) as d
    );
    exit when cardinality(v_due) = 0;
    v_verdicts := array(select v from engine.check_eligibility(v_due) as v);
    perform engine.release_jobs(v_verdicts);
    update engine.jobs as j
    set status = 'CLAIMED', lease_owner = p_worker, lease_expires_at = engine.now() + p_lease
    from unnest(v_verdicts) as v
    where v.decision = 'pass' and j.team_id = v.team_id and j.id = v.job_id;
    v_claimed := v_claimed || array(select v.job_id from unnest(v_verdicts) as v where v.decision = 'pass');
    exit when cardinality(v_claimed) >= p_limit
      or not exists (select from unnest(v_verdicts) as v where v.decision in ('defer', 'close'));
  end loop;
  return query
  select j.team_id, j.id, j.channel::text, j.priority, j.run_at, j.lease_expires_at
  from unnest(v_claimed) as c (id)
  inner join engine.jobs as j on c.id = j.id
  order by j.priority, j.run_at, j.id;
end
$$;
comment on function engine.claim_jobs(text, text[], integer, interval) is
'Leases up to p_limit due jobs of the queues (call, text) that pass the gate.';
revoke all on function engine.claim_jobs(text, text[], integer, interval) from public;
grant execute on function engine.claim_jobs(text, text[], integer, interval) to outbound_worker;

-- sql/40_functions/engine/classify_ended_reason.sql
-- The longest pattern that fits decides.
create or replace function engine.classify_ended_reason(p_ended_reason text)
returns table (outcome public.job_outcome, scope text)
language sql
stable
rows 1
set search_path = ''
as $$
  select r.outcome, r.scope
  from reference.call_ended_reasons as r
  where coalesce(p_ended_reason, '') like r.pattern
  order by length(r.pattern) desc
  limit 1
$$;
comment on function engine.classify_ended_reason(text) is 'Outcome and scope of a Vapi ended reason.';
revoke all on function engine.classify_ended_reason(text) from public;

-- sql/40_functions/engine/close_jobs.sql
-- Closes jobs that will not be sent, and ends their enrollments, with the reason on both. Jobs that a
-- request may already be under way for are left to finish and be counted.
create or replace function engine.close_jobs(p_closed engine.closed_job[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_closed integer;
begin
  update engine.jobs as j
  set
    status = 'CANCELLED', reason_code = c.reason_code, finished_at = engine.now(),
    lease_owner = null, lease_expires_at = null, check_at = null
  from unnest(p_closed) as c
  where j.team_id = c.team_id and j.id = c.job_id and j.status in ('READY', 'CLAIMED')
    and not engine.has_live_attempt(j.team_id, j.id);
  get diagnostics v_closed = row_count;
  perform engine.end_enrollments(
    array(select c.team_id from unnest(p_closed) as c),
    array(
      select j.enrollment_id
      from unnest(p_closed) with ordinality as c (team_id, job_id, reason_code, enrollment_status, n)
      left join engine.jobs as j on c.team_id = j.team_id and c.job_id = j.id
      order by c.n
    ),
    array(select c.enrollment_status from unnest(p_closed) as c),
    array(select c.reason_code from unnest(p_closed) as c)
  );
  return v_closed;
end
$$;
comment on function engine.close_jobs(engine.closed_job[]) is
'Cancels jobs that have not begun and ends their enrollments; returns how many jobs it cancelled.';
revoke all on function engine.close_jobs(engine.closed_job[]) from public;

-- sql/40_functions/engine/close_reply_windows.sql
-- Nobody answered in time: that is an outcome, and its edges are followed.
create or replace function engine.close_reply_windows()
returns integer
language sql
volatile
set search_path = ''
as $$
  select engine.finish_jobs(array(
    select (j.team_id, j.id, 'no_reply', 'reply_window_over', null)::engine.finished_job
    from (
      select k.team_id, k.id
      from engine.jobs as k
      where k.status = 'DISPATCHED' and k.reply_deadline <= engine.now()
      order by k.id
      limit 10000
      for update of k skip locked
    ) as j
  ))
$$;
comment on function engine.close_reply_windows() is 'Ends texts whose reply window is over with no_reply; returns how many.';
revoke all on function engine.close_reply_windows() from public;

-- sql/40_functions/engine/closing_status.sql
-- What an enrollment becomes when the gate closes its job for a reason.
create or replace function engine.closing_status(p_reason_code text)
returns public.enrollment_status
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when p_reason_code = 'suppressed_opted_out' then 'OPTED_OUT'
    when p_reason_code like 'suppressed%' or p_reason_code in ('timezone_unknown', 'number_is_fictitious')
      then 'SUPPRESSED'
    when p_reason_code = 'campaign_cancelled' then 'CANCELLED'
    else 'FAILED'
  end::public.enrollment_status
$$;
comment on function engine.closing_status(text) is 'Status of an enrollment whose job the gate closed for this reason.';
revoke all on function engine.closing_status(text) from public;

-- sql/40_functions/engine/contact_limits.sql
-- What speaks against reaching a number right now, beside the hours: a call of ours that is going on, or
-- the number of contacts that its region allows in a day. Across all campaigns of the team.
create or replace function engine.contact_limits(
  p_team_id uuid,
  p_job_id uuid,
  p_phone text,
  p_channel public.contact_channel,
  p_timezones text[],
  p_regions text[]
)
returns table (reason_code text, until timestamptz)
language sql
stable
rows 1
set search_path = ''
as $$
  select 'call_in_progress', engine.now() + interval '10 minutes'
  where exists (
    select
    from engine.jobs as j
    where j.team_id = p_team_id and j.phone = p_phone and j.id <> p_job_id and j.channel = 'call'
      and (j.status in ('DISPATCHED', 'AMBIGUOUS') or (
        j.status = 'CLAIMED' and engine.has_live_attempt(j.team_id, j.id)
      ))
  )
  union all
  select 'daily_limit', d.ends_at
  from unnest(p_timezones) as z (zone)
  cross join lateral (
    select
      (engine.now() at time zone z.zone)::date as today,
      (engine.now() at time zone z.zone)::date::timestamp at time zone z.zone as starts_at,
      ((engine.now() at time zone z.zone)::date + 1)::timestamp at time zone z.zone as ends_at
  ) as d
  where (
    select min(w.daily_limit)
    from unnest(p_regions) as r (region)
    cross join engine.legal_window(p_channel, r.region, d.today) as w
  ) <= (
    select count(*)
    from engine.jobs as j
    inner join engine.attempts as a on j.team_id = a.team_id and j.id = a.job_id
    where j.team_id = p_team_id and j.phone = p_phone and j.id <> p_job_id
      and a.status in ('OPEN', 'AMBIGUOUS', 'ACCEPTED') and a.begun_at >= d.starts_at
  )
  order by 2 desc
  limit 1
$$;
comment on function engine.contact_limits(uuid, uuid, text, public.contact_channel, text[], text[]) is
'Why a number should not be reached now although the hours allow it, and until when; no row when nothing speaks against it.';
revoke all on function
engine.contact_limits(uuid, uuid, text, public.contact_channel, text[], text[]) from public;

-- sql/40_functions/engine/count_enrollments.sql
-- Keeps engine.counters equal to the enrollments, by the difference that each statement makes. Every
-- backend adds to a shard of its own, so that no writer waits for another.
create or replace function engine.count_enrollments()
returns trigger
language plpgsql
security definer -- whoever changes enrollments changes their counters
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into engine.counters as c
    select
      r.team_id, r.campaign_id, '', r.status, case when r.booked_at is null then '' else 'booked' end,
      '-infinity'::timestamptz, pg_backend_pid(), count(*)
    from new_rows as r
    group by 1, 2, 3, 4, 5, 6
    on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;
  elsif tg_op = 'DELETE' then
    insert into engine.counters as c
    select
      r.team_id, r.campaign_id, '', r.status, case when r.booked_at is null then '' else 'booked' end,
      '-infinity'::timestamptz, pg_backend_pid(), -count(*)
    from old_rows as r
    group by 1, 2, 3, 4, 5, 6
    on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;
  else
    insert into engine.counters as c
    select
      r.team_id, r.campaign_id, '', r.status, case when r.booked_at is null then '' else 'booked' end,
      '-infinity'::timestamptz, pg_backend_pid(), sum(r.amount)
    from (
      select n.*, 1 as amount from new_rows as n
      union all
      select o.*, -1 as amount from old_rows as o
    ) as r
    group by 1, 2, 3, 4, 5, 6
    having sum(r.amount) <> 0
    on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;
  end if;
  return null;
end
$$;
comment on function engine.count_enrollments() is 'Trigger: counts enrollments by state and booking.';
revoke all on function engine.count_enrollments() from public;

-- sql/40_functions/engine/count_jobs.sql
-- Keeps engine.counters equal to the jobs, by the difference that each statement makes. Every
-- backend adds to a shard of its own, so that no writer waits for another.
create or replace function engine.count_jobs()
returns trigger
language plpgsql
security definer -- whoever changes jobs changes their counters
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into engine.counters as c
    select
      r.team_id, r.campaign_id, r.node_id, r.status, coalesce(r.outcome::text, ''),
      case when r.status = 'READY' then r.run_at else '-infinity' end, pg_backend_pid(), count(*)
    from new_rows as r
    group by 1, 2, 3, 4, 5, 6
    on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;
  elsif tg_op = 'DELETE' then
    insert into engine.counters as c
    select
      r.team_id, r.campaign_id, r.node_id, r.status, coalesce(r.outcome::text, ''),
      case when r.status = 'READY' then r.run_at else '-infinity' end, pg_backend_pid(), -count(*)
    from old_rows as r
    group by 1, 2, 3, 4, 5, 6
    on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;
  else
    insert into engine.counters as c
    select
      r.team_id, r.campaign_id, r.node_id, r.status, coalesce(r.outcome::text, ''),
      case when r.status = 'READY' then r.run_at else '-infinity' end, pg_backend_pid(), sum(r.amount)
    from (
      select n.*, 1 as amount from new_rows as n
      union all
      select o.*, -1 as amount from old_rows as o
    ) as r
    group by 1, 2, 3, 4, 5, 6
    having sum(r.amount) <> 0
    on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;
  end if;
  return null;
end
$$;
comment on function engine.count_jobs() is 'Trigger: counts jobs by node, state, outcome and due time.';
revoke all on function engine.count_jobs() from public;

-- sql/40_functions/engine/counted.sql
-- The counters of campaigns, added up over shards, in the form of engine.recount.
create or replace function engine.counted(p_campaign_ids uuid[])
returns table (campaign_id uuid, node_id text, state text, outcome text, due_at timestamptz, amount bigint)
language sql
stable
set search_path = ''
as $$
  select
    c.campaign_id, c.node_id, c.state, c.outcome,
    case when c.due_at > engine.now() then c.due_at else '-infinity' end, sum(c.amount)::bigint
  from public.campaigns as k
  inner join engine.counters as c on k.team_id = c.team_id and k.id = c.campaign_id
  where k.id = any(p_campaign_ids)
  group by 1, 2, 3, 4, 5
  having sum(c.amount) <> 0
$$;
comment on function engine.counted(uuid[]) is 'The counters of campaigns in the form of engine.recount.';
revoke all on function engine.counted(uuid[]) from public;

-- sql/40_functions/engine/create_jobs.sql
-- Makes jobs, each with a due time that respects the node's business hours, the legal hours of every
-- zone that the contact may be in, and the node's batching.
create or replace function engine.create_jobs(p_jobs engine.new_job[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_placed engine.placed_job[] := array(select p from engine.place_jobs(p_jobs) as p);
  v_demand record;
begin
  if cardinality(v_placed) <> cardinality(p_jobs) then
    raise exception 'only % of % jobs could be placed', cardinality(v_placed), cardinality(p_jobs);
  end if;
  perform engine.insert_jobs(
    array(select p from unnest(v_placed) as p where p.batch_size is null),
    array(select p.earliest from unnest(v_placed) as p where p.batch_size is null)
  );
  -- A loop over calendars, not over jobs: each takes free slots that the one before left. Those that
  -- close first go first.
  for v_demand in
    select
      (p.job).team_id, (p.job).campaign_id, (p.job).node_id, p.batch_size, p.batch_interval,
      p.open_hours, p.earliest, array_agg(p order by (p.job).enrollment_id) as placed
    from unnest(v_placed) as p
    where p.batch_size is not null
    group by 1, 2, 3, 4, 5, 6, 7
    order by 1, 2, 3, p.earliest, upper(p.open_hours)
  loop
    perform pg_advisory_xact_lock(
      hashtextextended('pacing ' || v_demand.campaign_id || ' ' || v_demand.node_id, 0)
    );
    perform engine.insert_jobs(
      array_agg(p.placed order by p.rank),
      array_agg(coalesce(s.run_at, date_trunc('second', upper(v_demand.open_hours)), v_demand.earliest) order by p.rank)
    )
    from unnest(v_demand.placed) with ordinality as u
    cross join lateral (select row(u.job, u.channel, u.integration_id, u.open_hours, u.earliest,
      u.batch_size, u.batch_interval)::engine.placed_job as placed, u.ordinality as rank) as p
    left join engine.deal_slots(
      v_demand.team_id, v_demand.campaign_id, v_demand.node_id, v_demand.batch_size,
      v_demand.batch_interval, v_demand.open_hours, v_demand.earliest, cardinality(v_demand.placed)
    ) as s on p.rank between s.rank_from and s.rank_to;
  end loop;
  return cardinality(v_placed);
end
$$;
comment on function engine.create_jobs(engine.new_job[]) is 'Makes jobs with their due times; returns how many.';
revoke all on function engine.create_jobs(engine.new_job[]) from public;

-- sql/40_functions/engine/cron_drives_tick.sql
-- Whether pg_cron calls the tick here. Where it does not, a worker must.
create or replace function engine.cron_drives_tick()
returns boolean
language plpgsql
stable
security definer -- cron's tables are its own
set search_path = ''
as $$
declare
  v_is_scheduled boolean := false;
begin
  if to_regclass('cron.job') is not null then
    -- Dynamic, because the table is not there on every server.
    execute 'select exists (select from cron.job where jobname = ''outbound-tick'' and active)'
    into v_is_scheduled;
  end if;
  return v_is_scheduled;
end
$$;
comment on function engine.cron_drives_tick() is 'True when pg_cron calls engine.tick() every minute.';
revoke all on function engine.cron_drives_tick() from public;
grant execute on function engine.cron_drives_tick() to outbound_worker;

-- sql/40_functions/engine/deal_slots.sql
-- Deals a number of jobs of one node and calendar into batch slots, and books them. The caller holds the
-- node's pacing lock. Returns which ranks (from 1) run when.
create or replace function engine.deal_slots(
  p_team_id uuid,
  p_campaign_id uuid,
  p_node_id text,
  p_size integer,
  p_interval interval,
  p_open_hours tstzmultirange,
  p_earliest timestamptz,
  p_count integer
)
returns table (rank_from integer, rank_to integer, run_at timestamptz)
language sql
volatile
set search_path = ''
as $$
  with dealt as materialized (
    select f.*
    from engine.find_slots(
      p_team_id, p_campaign_id, p_node_id, p_size, p_interval, p_open_hours, p_earliest, p_count
    ) as f
  ),

  taken as (
    insert into engine.pacing as u (team_id, campaign_id, node_id, slot_at, used)
    select p_team_id, p_campaign_id, p_node_id, d.slot_at, d.rank_to - d.rank_from + 1
    from dealt as d
    on conflict on constraint pacing_pk do update set used = u.used + excluded.used
  )

  select d.rank_from, d.rank_to, d.run_at from dealt as d
$$;
comment on function engine.deal_slots(uuid, uuid, text, integer, interval, tstzmultirange, timestamptz, integer) is
'Deals jobs into batch slots and books them; returns ranks and due times.';
revoke all on function
engine.deal_slots(uuid, uuid, text, integer, interval, tstzmultirange, timestamptz, integer) from public;

-- sql/40_functions/engine/decide_steps.sql
-- Where journeys go after visits; the one place that knows. A retry comes before the edges: they see
-- the outcome only when the node has given up on a better one. Of the edges the first that matches is
-- taken. A call that nobody was dialled for, for want of a line or of a working account, is tried
-- again whatever the node says, and spends nothing.
create or replace function engine.decide_steps(p_visits engine.ended_visit[])
returns setof engine.decision
language sql
stable
set search_path = ''
as $$
  select
    v.visit_no::integer, r.is_retry, e.edge_id, e.target,
    case
      when v.was_not_dialled then interval '5 minutes'
      when r.is_retry then (v.retry ->> 'delay')::interval
      else e.delay
    end,
    case
      when r.is_retry or e.edge_id is not null then null
      when v.outcome in ('failed', 'undeliverable') then 'FAILED'
      else 'COMPLETED'
    end::public.enrollment_status,
    coalesce(v.reason_code, v.outcome::text)
  from unnest(p_visits) with ordinality as v (
    node_type, outcome, reason_code, reply_text, retry, retries_left, dialled, was_not_dialled, edges, visit_no
  )
  cross join lateral (
    select coalesce(
      v.was_not_dialled or (
        v.retries_left > 0 and v.retry -> 'outcomes' ? v.outcome::text
        and v.dialled <= (v.retry ->> 'max_retries')::integer
      ),
      false
    ) as is_retry
  ) as r
  left join engine.weigh_edges(p_visits) as e on v.visit_no = e.visit_no and e.is_first and not r.is_retry
$$;
comment on function engine.decide_steps(engine.ended_visit[]) is
'For each visit that is over: retry, edge or end. Writes nothing.';
revoke all on function engine.decide_steps(engine.ended_visit[]) from public;

-- sql/40_functions/engine/disprove_attempts.sql
-- Attempts that the provider has no trace of. Within the grace period that proves nothing. After it,
-- an ambiguous request was not sent, and the job may go out again; a dispatched one that the provider
-- has forgotten has failed, and is not sent again, because it was once taken.
create or replace function engine.disprove_attempts(p_answers engine.lookup_answer[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_not_sent engine.dispatch_result[];
begin
  v_not_sent := array(
    select (a.team_id, a.job_id, a.id, 'try_later', 'job', a.code, 'the provider has no trace of it', null, null)::engine.dispatch_result
    from unnest(p_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id
    where not l.found and a.status = 'AMBIGUOUS' and a.begun_at <= engine.now() - interval '2 minutes'
  );
  perform engine.postpone_attempts(v_not_sent);
  update engine.attempts as a
  set status = 'NOT_SENT'
  from unnest(v_not_sent) as r
  where a.team_id = r.team_id and a.id = r.attempt_id;

  perform engine.finish_jobs(array(
    select (a.team_id, a.job_id, 'failed', 'provider_lost_it', null)::engine.finished_job
    from unnest(p_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id
    where not l.found and a.status = 'ACCEPTED' and a.resolved_at <= engine.now() - interval '2 minutes'
  ));
end
$$;
comment on function engine.disprove_attempts(engine.lookup_answer[]) is
'Attempts that the provider has no trace of, after a grace period.';
revoke all on function engine.disprove_attempts(engine.lookup_answer[]) from public;

-- sql/40_functions/engine/doubt_attempts.sql
-- Requests that may or may not have reached the provider. Nothing more is sent for these jobs until
-- the provider has been asked.
create or replace function engine.doubt_attempts(p_results engine.dispatch_result[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  update engine.attempts as a
  set status = 'AMBIGUOUS', code = r.code, message = r.message
  from unnest(p_results) as r
  where a.team_id = r.team_id and a.id = r.attempt_id;

  update engine.jobs as j
  set
    status = 'AMBIGUOUS', lease_owner = null, lease_expires_at = null,
    check_at = engine.now() + interval '30 seconds'
  from unnest(p_results) as r
  where j.team_id = r.team_id and j.id = r.job_id and j.status = 'CLAIMED';
end
$$;
comment on function engine.doubt_attempts(engine.dispatch_result[]) is
'Attempts whose fate is unknown: the job is AMBIGUOUS until the provider was asked.';
revoke all on function engine.doubt_attempts(engine.dispatch_result[]) from public;

-- sql/40_functions/engine/end_enrollments.sql
-- Ends enrollments, position by position. An enrollment that has ended stays as it ended.
create or replace function engine.end_enrollments(
  p_team_ids uuid[],
  p_enrollment_ids uuid[],
  p_statuses public.enrollment_status[],
  p_reason_codes text[]
)
returns void
language sql
volatile
set search_path = ''
as $$
  update engine.enrollments as e
  set
    status = engine.final_status(n.status, e.booked_at is not null),
    reason_code = case
      when engine.final_status(n.status, e.booked_at is not null) = 'BOOKED' then 'booked' else n.reason_code
    end,
    ended_at = engine.now()
  from unnest(p_team_ids, p_enrollment_ids, p_statuses, p_reason_codes)
    as n (team_id, id, status, reason_code)
  where e.team_id = n.team_id and e.id = n.id and e.status = 'ACTIVE'
$$;
comment on function engine.end_enrollments(uuid[], uuid[], public.enrollment_status[], text[]) is
'Ends active enrollments with a status and a reason each.';
revoke all on function engine.end_enrollments(uuid[], uuid[], public.enrollment_status[], text[]) from public;

-- sql/40_functions/engine/expire_leases.sql
-- Jobs whose worker went silent. Without an attempt nothing was sent and another worker may have the
-- job; with one the request may have left, so the provider is asked before anything else happens.
create or replace function engine.expire_leases()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_expired uuid[] := array(
    select j.id
    from engine.jobs as j
    where j.status = 'CLAIMED' and j.lease_expires_at <= engine.now()
    order by j.id
    limit 10000
    for update of j skip locked
  );
begin
  if cardinality(v_expired) = 0 then
    return 0;
  end if;
  update engine.attempts as a
  set status = 'AMBIGUOUS', code = 'lease_expired', message = 'the worker went silent while sending'
  from engine.jobs as j
  where j.id = any(v_expired) and a.team_id = j.team_id and a.job_id = j.id and a.status = 'OPEN';

  update engine.jobs as j
  set
    lease_owner = null, lease_expires_at = null,
    status = case when d.is_in_doubt then 'AMBIGUOUS' else 'READY' end::public.job_status,
    check_at = case when d.is_in_doubt then engine.now() end
  from (
    select k.team_id, k.id, exists (
      select from engine.attempts as a
      where a.team_id = k.team_id and a.job_id = k.id and a.status = 'AMBIGUOUS'
    ) as is_in_doubt
    from engine.jobs as k
    where k.id = any(v_expired)
  ) as d
  where j.team_id = d.team_id and j.id = d.id;
  return cardinality(v_expired);
end
$$;
comment on function engine.expire_leases() is 'Takes jobs back from silent workers: READY, or AMBIGUOUS when an attempt was open.';
revoke all on function engine.expire_leases() from public;

-- sql/40_functions/engine/extend_leases.sql
-- A slow provider must not lose a worker its jobs.
create or replace function engine.extend_leases(p_worker text, p_job_ids uuid[], p_lease interval)
returns table (job_id uuid, lease_expires_at timestamptz)
language sql
volatile
security definer -- workers may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
  update engine.jobs as j
  set lease_expires_at = engine.now() + p_lease
  from (
    select k.team_id, k.id
    from engine.jobs as k
    where k.id = any(p_job_ids) and k.status = 'CLAIMED' and k.lease_owner = p_worker
      and k.lease_expires_at > engine.now()
    order by k.id
    for update of k
  ) as held
  where j.team_id = held.team_id and j.id = held.id
  returning j.id, j.lease_expires_at
$$;
comment on function engine.extend_leases(text, uuid[], interval) is
'Renews the leases that the worker still holds, and returns those.';
revoke all on function engine.extend_leases(text, uuid[], interval) from public;
grant execute on function engine.extend_leases(text, uuid[], interval) to outbound_worker;

-- sql/40_functions/engine/final_status.sql
-- A journey in which the person booked ends BOOKED however its last step went, unless she opted out after.
create or replace function engine.final_status(p_status public.enrollment_status, p_has_booked boolean)
returns public.enrollment_status
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case when p_has_booked and p_status <> 'OPTED_OUT' then 'BOOKED' else p_status end
$$;
comment on function engine.final_status(public.enrollment_status, boolean) is
'What an enrollment ends as, given how its last step ended and whether its contact booked.';
revoke all on function engine.final_status(public.enrollment_status, boolean) from public;

-- sql/40_functions/engine/find_attempt.sql
-- The attempt that an event is about: by our own id, which travelled with the request, else by the
-- provider's. An id of ours that belongs to another message of the provider is not believed, and a secret
-- vouches only for the accounts that have it: one team's says nothing about another team's calls.
create or replace function engine.find_attempt(
  p_provider public.provider,
  p_attempt_id uuid,
  p_provider_id text,
  p_secret_name text
)
returns setof engine.attempts
language sql
stable
rows 1
set search_path = ''
as $$
  select a.*
  from engine.attempts as a
  where a.provider = p_provider
    and (
      (a.id = p_attempt_id and (p_provider_id is null or coalesce(a.provider_id, p_provider_id) = p_provider_id))
      or a.provider_id = p_provider_id
    )
    and (p_secret_name is null or exists (
      select
      from engine.jobs as j
      inner join public.integrations as i on j.team_id = i.team_id and j.integration_id = i.id
      where j.team_id = a.team_id and j.id = a.job_id and i.secret_name = p_secret_name
    ))
  order by (a.id = p_attempt_id) desc nulls last
  limit 1
$$;
comment on function engine.find_attempt(public.provider, uuid, text, text) is 'The attempt that an event is about, if it is known.';
revoke all on function engine.find_attempt(public.provider, uuid, text, text) from public;

-- sql/40_functions/engine/find_slots.sql
-- Finds batch slots for a number of jobs of one node and calendar: never more than the batching's size
-- in one interval, the earliest free slots first, none outside the open hours. What is dealt out already
-- is in engine.pacing; a campaign that is not there has dealt nothing, which is how a simulation asks.
create or replace function engine.find_slots(
  p_team_id uuid,
  p_campaign_id uuid,
  p_node_id text,
  p_size integer,
  p_interval interval,
  p_open_hours tstzmultirange,
  p_earliest timestamptz,
  p_count integer
)
returns table (slot_at timestamptz, rank_from integer, rank_to integer, run_at timestamptz)
language sql
stable
set search_path = ''
as $$
  -- Every slot that is left has room for one, so that many slots are enough. The series is read as far
  -- as needed: written this way it is not made whole first.
  with slots as (
    select g.slot_at, o.run_at, p_size - coalesce(u.used, 0) as free
    from (
      select generate_series(
        date_bin(p_interval, p_earliest, 'epoch'), coalesce(upper(p_open_hours), p_earliest), p_interval
      ) as slot_at
    ) as g
    -- A slot that begins before the doors open starts when they do.
    cross join lateral (
      select case
        when p_open_hours @> greatest(g.slot_at, p_earliest) then greatest(g.slot_at, p_earliest)
        when p_open_hours && tstzrange(g.slot_at, g.slot_at + p_interval) then (
          select min(lower(h.hours))
          from unnest(p_open_hours * tstzmultirange(tstzrange(g.slot_at, g.slot_at + p_interval))) as h (hours)
          where lower(h.hours) >= p_earliest
        )
      end as run_at
    ) as o
    left join lateral (
      select t.used
      from engine.pacing as t
      where t.team_id = p_team_id and t.campaign_id = p_campaign_id and t.node_id = p_node_id
        and t.slot_at = g.slot_at
      limit 1
    ) as u on true
    where o.run_at is not null and coalesce(u.used, 0) < p_size
    limit p_count
  )

  select r.slot_at, (r.before + 1)::integer, least(r.before + r.free, p_count)::integer, r.run_at
  from (
    select s.*, sum(s.free) over (order by s.slot_at) - s.free as before from slots as s
  ) as r
  where r.before < p_count
$$;
comment on function engine.find_slots(uuid, uuid, text, integer, interval, tstzmultirange, timestamptz, integer) is
'Batch slots with room, as many as a number of jobs needs: which ranks (from 1) run when. Writes nothing.';
revoke all on function
engine.find_slots(uuid, uuid, text, integer, interval, tstzmultirange, timestamptz, integer) from public;

-- sql/40_functions/engine/finish_jobs.sql
-- Ends jobs with what came of them and moves their enrollments on, in one transaction. A job that has
-- ended already is left alone, so saying an outcome twice, late or out of order changes nothing.
create or replace function engine.finish_jobs(p_finished engine.finished_job[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_ended engine.finished_job[];
begin
  if cardinality(p_finished) = 0 then
    return 0;
  end if;
  perform
  from unnest(p_finished) as f
  inner join engine.jobs as j on f.team_id = j.team_id and f.job_id = j.id
  order by j.id
  for update of j;

  with ended as (
    update engine.jobs as j
    set
      -- What the provider never took has failed, whatever that says about the person.
      status = case
        when f.outcome in ('failed', 'undeliverable') or j.status <> 'DISPATCHED' then 'FAILED' else 'DONE'
      end::public.job_status,
      outcome = f.outcome, reason_code = f.reason_code, finished_at = engine.now(),
      lease_owner = null, lease_expires_at = null, check_at = null, reply_deadline = null
    from unnest(p_finished) as f
    where j.team_id = f.team_id and j.id = f.job_id
      and (j.status = 'DISPATCHED' or (
        j.status in ('CLAIMED', 'AMBIGUOUS') and f.outcome in ('failed', 'undeliverable', 'opted_out')
      ))
    returning f.*
  )
  select array_agg((e.team_id, e.job_id, e.outcome, e.reason_code, e.reply_text)::engine.finished_job)
  into v_ended
  from ended as e;
  if v_ended is null then
    return 0;
  end if;
  perform engine.advance_enrollments(v_ended);
  -- A line is free: whoever waits for one is dialled now, not at the next poll.
  perform pg_notify('outbound_jobs', 'call')
  where exists (
    select
    from unnest(v_ended) as f
    inner join engine.jobs as j on f.team_id = j.team_id and f.job_id = j.id and j.channel = 'call'
  );
  return cardinality(v_ended);
end
$$;
comment on function engine.finish_jobs(engine.finished_job[]) is
'Ends jobs in flight with their outcomes and moves their enrollments on; returns how many it ended.';
revoke all on function engine.finish_jobs(engine.finished_job[]) from public;

-- sql/40_functions/engine/first_open.sql
-- The first moment that lies in the open hours, cut to the whole second: what is due now stays due now.
create or replace function engine.first_open(p_hours tstzmultirange, p_at timestamptz)
returns timestamptz
language sql
immutable
parallel safe
set search_path = ''
as $$
  select min(greatest(lower(r.hours), c.at))
  from (select date_trunc('second', p_at)) as c (at)
  cross join unnest(p_hours) as r (hours)
  where upper(r.hours) > c.at
$$;
comment on function engine.first_open(tstzmultirange, timestamptz) is
'First whole second within the hours from a moment on; null when there is none.';
revoke all on function engine.first_open(tstzmultirange, timestamptz) from public;

-- sql/40_functions/engine/fold_counters.sql
-- Folds the shards of all backends into shard 0, and due times that have come into -infinity, so that
-- reading stays a matter of a few rows. Rows that a writer holds are left for the next time: nobody
-- waits. Two statements, because one must not insert a key that it deletes.
create or replace function engine.fold_counters()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := engine.now();
  v_taken engine.counters[];
begin
  if not pg_try_advisory_xact_lock(hashtext('engine.fold_counters')) then
    return 0;
  end if;
  with taken as (
    delete from engine.counters as c
    where c.ctid in (
      select f.ctid
      from engine.counters as f
      where f.shard <> 0 or f.amount = 0 or (f.due_at > '-infinity' and f.due_at <= v_now)
      limit 50000
      for update skip locked
    )
    returning c.*
  )
  select array_agg(taken::engine.counters) into v_taken from taken;
  insert into engine.counters as c
  select
    t.team_id, t.campaign_id, t.node_id, t.state, t.outcome,
    case when t.due_at <= v_now then '-infinity' else t.due_at end, 0, sum(t.amount)
  from unnest(v_taken) as t
  group by 1, 2, 3, 4, 5, 6
  having sum(t.amount) <> 0
  on conflict on constraint counters_pk do update set amount = c.amount + excluded.amount;
  return coalesce(cardinality(v_taken), 0);
end
$$;
comment on function engine.fold_counters() is 'Folds finished counter shards into shard 0; returns how many rows were folded.';
revoke all on function engine.fold_counters() from public;

-- sql/40_functions/engine/has_booked_by_tool.sql
-- Whether the assistant booked through a tool during this call.
create or replace function engine.has_booked_by_tool(p_team_id uuid, p_attempt_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from engine.events as e
    where e.team_id = p_team_id and e.attempt_id = p_attempt_id and e.type = 'tool-calls'
      and (engine.read_vapi_event(e.type, e.payload)).kind = 'booking'
  )
$$;
comment on function engine.has_booked_by_tool(uuid, uuid) is 'Whether a tool-calls event of the attempt made a booking.';
revoke all on function engine.has_booked_by_tool(uuid, uuid) from public;

-- sql/40_functions/engine/has_live_attempt.sql
-- Whether a request for the job may have reached the provider, or did. While it has one, nothing else is
-- sent for it.
create or replace function engine.has_live_attempt(p_team_id uuid, p_job_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from engine.attempts as a
    where a.team_id = p_team_id and a.job_id = p_job_id and a.status in ('OPEN', 'AMBIGUOUS', 'ACCEPTED')
  )
$$;
comment on function engine.has_live_attempt(uuid, uuid) is 'Whether an attempt of the job is open, in doubt or accepted.';
revoke all on function engine.has_live_attempt(uuid, uuid) from public;

-- sql/40_functions/engine/ingest_event.sql
-- The inbox. Each event is stored once and applied once; one whose attempt is not known yet waits and
-- is applied when it is. Returns what became of each.
create or replace function engine.ingest_event(p_events jsonb)
returns table (event_key text, result text)
language plpgsql
security definer -- the receiver may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
#variable_conflict use_column
declare
  v_new engine.event_ref[];
begin
  if jsonb_typeof(p_events) is distinct from 'array' or exists (
    select from jsonb_array_elements(p_events) as e (event)
    where coalesce(e.event ->> 'event_key', '') = '' or coalesce(e.event ->> 'type', '') = ''
      or e.event ->> 'provider' is null or e.event -> 'payload' is null
  ) then
    perform engine.refuse(
      'OB001', 'Each event needs a provider, an event_key, a type and a payload.', '[]'
    );
  end if;
  with told as (
    select distinct on (e.provider, e.event_key) e.*
    from jsonb_populate_recordset(null::engine.events, p_events) as e
  ),

  stored as (
    insert into engine.events (
      provider, event_key, team_id, attempt_id, provider_id, secret_name, type, payload, occurred_at
    )
    select
      t.provider, t.event_key, a.team_id, coalesce(a.id, t.attempt_id), t.provider_id, t.secret_name, t.type, t.payload,
      t.occurred_at
    from told as t
    left join lateral engine.find_attempt(t.provider, t.attempt_id, t.provider_id, t.secret_name) as a on true
    on conflict on constraint events_pk do nothing
    returning provider, event_key
  )

  select array_agg((s.provider, s.event_key)::engine.event_ref) into v_new from stored as s;
  perform engine.apply_events(coalesce(v_new, '{}'));
  return query
  select t.event_key, case
    when exists (select from unnest(v_new) as n where n.provider = t.provider and n.event_key = t.event_key)
      then (select e.result from engine.events as e where e.provider = t.provider and e.event_key = t.event_key)
    else 'duplicate'
  end
  from jsonb_populate_recordset(null::engine.events, p_events) as t;
end
$$;
comment on function engine.ingest_event(jsonb) is
'Stores and applies events: [{provider, event_key, type, payload, provider_id?, attempt_id?, secret_name?, occurred_at?}]; result is applied, waiting, ignored or duplicate.';
revoke all on function engine.ingest_event(jsonb) from public;
grant execute on function engine.ingest_event(jsonb) to outbound_worker;

-- sql/40_functions/engine/insert_jobs.sql
-- The one statement that makes jobs. A duplicate is an error here: what calls this holds the locks
-- that make one impossible, and a job that is quietly not made would lose a contact.
create or replace function engine.insert_jobs(p_placed engine.placed_job[], p_run_at timestamptz[])
returns void
language sql
volatile
set search_path = ''
as $$
  insert into engine.jobs (
    team_id, channel, campaign_id, enrollment_id, workflow_id, node_id, visit, contact_id, phone,
    integration_id, priority, run_at, due_at, dedupe_hash
  )
  select
    (p.job).team_id, p.channel, (p.job).campaign_id, (p.job).enrollment_id, (p.job).workflow_id,
    (p.job).node_id, (p.job).visit, (p.job).contact_id, (p.job).phone, p.integration_id,
    (p.job).priority, r.run_at, r.run_at,
    sha256(convert_to(
      concat_ws('|', 'campaign_job', (p.job).enrollment_id, (p.job).node_id, (p.job).visit), 'UTF8'
    ))
  from unnest(p_placed) with ordinality as p (
    job, channel, integration_id, open_hours, earliest, batch_size, batch_interval, n
  )
  inner join unnest(p_run_at) with ordinality as t (at, n) on p.n = t.n
  cross join lateral (select date_trunc('second', t.at) as run_at) as r
$$;
comment on function engine.insert_jobs(engine.placed_job[], timestamptz[]) is
'Inserts placed jobs with their due times, position by position.';
revoke all on function engine.insert_jobs(engine.placed_job[], timestamptz[]) from public;

-- sql/40_functions/engine/legal_window.sql
-- A region's rule for a day, else the default's.
create or replace function engine.legal_window(p_channel public.contact_channel, p_region text, p_day date)
returns table (starts_at time, ends_at time, daily_limit smallint)
language sql
stable
rows 1
set search_path = ''
as $$
  select w.starts_at, w.ends_at, w.daily_limit
  from reference.calling_windows as w
  where w.channel = p_channel and w.region in (p_region, '') and w.weekday = extract(isodow from p_day)
  order by w.region desc
  limit 1
$$;
comment on function engine.legal_window(public.contact_channel, text, date) is
'Legal contact hours of a region on a date: its own row, else the default; no hours means closed.';
revoke all on function engine.legal_window(public.contact_channel, text, date) from public;

-- sql/40_functions/engine/local_days.sql
-- The local days that two moments span in a zone, one more on each side.
create or replace function engine.local_days(p_zone text, p_from timestamptz, p_until timestamptz)
returns setof date
language sql
stable
rows 20
set search_path = ''
as $$
  select (p_from at time zone p_zone)::date + g.n
  from generate_series(
    -1, (p_until at time zone p_zone)::date - (p_from at time zone p_zone)::date + 1
  ) as g (n)
$$;
comment on function engine.local_days(text, timestamptz, timestamptz) is
'Dates in a zone from the day before one moment to the day after another.';
revoke all on function engine.local_days(text, timestamptz, timestamptz) from public;

-- sql/40_functions/engine/lock_due_jobs.sql
-- Picks due jobs of active campaigns, most urgent first, and locks them; what others hold is skipped.
-- Each account's free lines bound its calls. Accounts are locked in order of id, before any job.
create or replace function engine.lock_due_jobs(p_queues text[], p_limit integer)
returns table (job_id uuid)
language plpgsql
set search_path = ''
as $$
begin
  -- A statement of its own: what follows must see what the one waited for has committed.
  perform
  from public.integrations as i
  where i.status = 'ACTIVE' and exists (
    select
    from unnest(p_queues::public.contact_channel[]) as q (channel)
    inner join public.campaigns as c on c.team_id = i.team_id and c.status = 'ACTIVE'
    where i.provider = engine.provider_for(q.channel) and exists (
      select from engine.jobs as j
      where j.campaign_id = c.id and j.channel = q.channel and j.status = 'READY'
        and j.run_at <= engine.now()
    )
  )
  order by i.id
  for no key update of i;

  return query
  with lines as materialized (
    select i.team_id, q.channel, case
      when q.channel = 'text' then p_limit
      else greatest(least(p_limit, i.concurrency_limit - (
        select count(*)
        from engine.jobs as j
        where j.team_id = i.team_id and j.integration_id = i.id
          and j.status in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
      )), 0)
    end as free
    from public.integrations as i
    inner join unnest(p_queues::public.contact_channel[]) as q (channel)
      on i.provider = engine.provider_for(q.channel)
    where i.status = 'ACTIVE'
  )

  select d.id
  from (
    select n.id, n.priority, n.run_at, row_number() over (
      partition by l.team_id, l.channel order by n.priority, n.run_at
    ) <= l.free as has_line
    from lines as l
    inner join public.campaigns as c on l.team_id = c.team_id and c.status = 'ACTIVE'
    cross join lateral (
      select j.id, j.priority, j.run_at
      from engine.jobs as j
      where j.campaign_id = c.id and j.channel = l.channel and j.status = 'READY'
        and j.run_at <= engine.now()
      order by j.priority, j.run_at
      limit l.free
      for update of j skip locked
    ) as n
  ) as d
  where d.has_line
  order by d.priority, d.run_at
  limit p_limit;
end
$$;
comment on function engine.lock_due_jobs(text[], integer) is
'Locks and returns due jobs of active campaigns, within the free lines of their accounts.';
revoke all on function engine.lock_due_jobs(text[], integer) from public;

-- sql/40_functions/engine/may_be_accepted.sql
-- Whether the news that the provider has a request can still be true of an attempt: it is open or in
-- doubt, or it was given up (no trace was found, or it was to be tried later) and nothing was sent since.
-- The provider's word beats our conclusion, or she would be dialled again.
create or replace function engine.may_be_accepted(p_attempt engine.attempts)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_attempt.status in ('OPEN', 'AMBIGUOUS') or (
    p_attempt.status in ('NOT_SENT', 'TRY_LATER')
    and not engine.has_live_attempt(p_attempt.team_id, p_attempt.job_id)
  )
$$;
comment on function engine.may_be_accepted(engine.attempts) is 'Whether a provider''s acceptance of this attempt can still be recorded.';
revoke all on function engine.may_be_accepted(engine.attempts) from public;

-- sql/40_functions/engine/next_steps.sql
-- Decides, without writing, where the enrollments of ended jobs go: reads what engine.decide_steps needs
-- and turns its decisions into jobs to be made and enrollments to be ended.
create or replace function engine.next_steps(p_ended engine.finished_job[])
returns setof engine.step
language sql
stable
set search_path = ''
as $$
  with ended as materialized (
    select
      row_number() over () as visit_no,
      j.team_id, j.campaign_id, j.enrollment_id, j.contact_id, j.phone, j.workflow_id, j.node_id, j.visit,
      j.priority, u.was_not_dialled, (
        n.type, f.outcome, f.reason_code, f.reply_text, n.config -> 'retry', e.retries_left,
        (
          -- Visits in which the person was tried: the others do not count as retries.
          select count(*)
          from engine.jobs as v
          where v.team_id = j.team_id and v.enrollment_id = j.enrollment_id and v.node_id = j.node_id
            and not (v.channel = 'call' and exists (
              select from engine.classify_ended_reason(v.reason_code) as k where k.scope <> 'job'
            ))
        ),
        u.was_not_dialled,
        array(
          select (w.id, w.target, w.when_outcome, w.phrases, w.delay, w.priority)::engine.edge_choice
          from public.workflow_edges as w
          where w.team_id = j.team_id and w.workflow_id = j.workflow_id and w.source = j.node_id
        )
      )::engine.ended_visit as visited
    from unnest(p_ended) as f
    inner join engine.jobs as j on f.team_id = j.team_id and f.job_id = j.id
    inner join engine.enrollments as e
      on j.team_id = e.team_id and j.enrollment_id = e.id and e.status = 'ACTIVE'
    inner join public.campaigns as c
      on j.team_id = c.team_id and j.campaign_id = c.id and c.status <> 'CANCELLED'
    inner join public.workflow_nodes as n
      on j.team_id = n.team_id and j.workflow_id = n.workflow_id and j.node_id = n.id
    cross join lateral (
      select j.channel = 'call' and exists (
        select from engine.classify_ended_reason(f.reason_code) as k where k.scope <> 'job'
      ) as was_not_dialled
    ) as u
  )

  select
    v.team_id, v.enrollment_id, d.edge_id, d.is_retry, not v.was_not_dialled,
    case when d.end_status is null then (
      v.team_id, v.campaign_id, v.enrollment_id, v.contact_id, v.phone, v.workflow_id,
      case when d.is_retry then v.node_id else d.target end,
      case when d.is_retry then v.visit + 1 else 1 end,
      v.priority, engine.now() + coalesce(d.delay, interval '0')
    )::engine.new_job end,
    d.end_status, d.reason_code
  from engine.decide_steps(array(select e.visited from ended as e order by e.visit_no)) as d
  inner join ended as v on d.visit_no = v.visit_no
$$;
comment on function engine.next_steps(engine.finished_job[]) is
'Where the active enrollments of ended jobs go: retry, edge or end. Writes nothing.';
revoke all on function engine.next_steps(engine.finished_job[]) from public;

-- sql/40_functions/engine/open_hours.sql
-- When a person may be reached at a node: the node's business hours and the legal hours, in every
-- zone and under every region's rules that may apply. Intersecting ranges of real instants keeps the
-- days right on which the clocks change.
create or replace function engine.open_hours(
  p_channel public.contact_channel,
  p_business_hours jsonb,
  p_team_timezone text,
  p_timezones text[],
  p_regions text[],
  p_from timestamptz,
  p_until timestamptz
)
returns tstzmultirange
language sql
stable
set search_path = ''
as $$
  -- A name that this server does not know is no zone at all, and the count below fails closed.
  with zones as materialized (
    select z.zone
    from unnest(p_timezones) as z (zone)
    where exists (select from reference.timezones as k where k.timezone = z.zone)
  ),

  legal as (
    select z.zone, r.region, range_agg(tstzrange(
      (d.day + w.starts_at) at time zone z.zone, (d.day + w.ends_at) at time zone z.zone
    )) as hours
    from zones as z
    cross join unnest(case when cardinality(p_regions) = 0 then array[''] else p_regions end) as r (region)
    cross join engine.local_days(z.zone, p_from, p_until) as d (day)
    cross join engine.legal_window(p_channel, r.region, d.day) as w
    where w.starts_at is not null
    group by z.zone, r.region
  ),

  business as (
    select z.zone, range_agg(tstzrange(
      -- A window that the spring gap would turn backwards comes out empty.
      least(
        (d.day + (b.value ->> 'start')::time) at time zone z.zone,
        (d.day + (b.value ->> 'end')::time) at time zone z.zone
      ),
      (d.day + (b.value ->> 'end')::time) at time zone z.zone
    )) as hours
    from unnest(case coalesce(p_business_hours ->> 'timezone', 'contact')
      when 'contact' then array(select k.zone from zones as k)
      when 'team' then array[p_team_timezone]
      else array[p_business_hours ->> 'timezone']
    end) as z (zone)
    cross join engine.local_days(z.zone, p_from, p_until) as d (day)
    cross join jsonb_array_elements(
      coalesce(p_business_hours -> 'windows' -> engine.weekday_name(d.day), '[]')
    ) as b (value)
    where (b.value ->> 'start')::time < (b.value ->> 'end')::time
    group by z.zone
  )

  select case
    -- Unknown zones, a zone or region that is never open: fail closed.
    when cardinality(p_timezones) = 0 then '{}'
    when (select count(*) from legal)
      < cardinality(p_timezones) * greatest(cardinality(p_regions), 1) then '{}'
    when p_business_hours is null then (select range_intersect_agg(hours) from legal)
    else
      (select range_intersect_agg(hours) from legal)
      * coalesce((select range_intersect_agg(hours) from business), '{}')
  end
$$;
comment on function engine.open_hours(public.contact_channel, jsonb, text, text[], text[], timestamptz, timestamptz) is
'Instants between two moments at which a contact may be reached at a node; empty when zones are unknown.';
revoke all on function
engine.open_hours(public.contact_channel, jsonb, text, text[], text[], timestamptz, timestamptz) from public;

-- sql/40_functions/engine/pause_refused_accounts.sql
-- A call that could not start because the account is frozen or empty: nobody was dialled, and nobody
-- will be until it is mended. The integration pauses, with the reason that operators see.
create or replace function engine.pause_refused_accounts(p_readings engine.event_reading[])
returns void
language sql
volatile
set search_path = ''
as $$
  update public.integrations as i
  set status = 'PAUSED', paused_at = engine.now(), paused_reason = left((r.reading).reason_code, 500)
  from unnest(p_readings) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  where (r.reading).scope = 'account' and i.team_id = j.team_id and i.id = j.integration_id and i.status = 'ACTIVE'
$$;
comment on function engine.pause_refused_accounts(engine.event_reading[]) is
'Pauses integrations whose calls ended for want of a working account.';
revoke all on function engine.pause_refused_accounts(engine.event_reading[]) from public;

-- sql/40_functions/engine/pending_work.sql
-- What a driver of the sandbox's clock, or a person, asks: is anything to be done now, is anything open,
-- and when is the next moment at which time alone brings work?
create or replace function engine.pending_work()
returns table (due_jobs bigint, open_jobs bigint, next_due_at timestamptz)
language sql
stable
security definer -- workers may read no table
set search_path = ''
as $$
  select
    (
      -- What waits for a free line is not work for now.
      select coalesce(sum(least(d.due, d.free)), 0)::bigint
      from (
        select
          count(*) filter (where j.status = 'READY') as due,
          case when j.channel = 'text' then count(*) else greatest(
            i.concurrency_limit - count(*) filter (where j.status <> 'READY'), 0
          ) end as free
        from engine.jobs as j
        inner join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
        inner join public.integrations as i on j.team_id = i.team_id and j.integration_id = i.id
        where i.status = 'ACTIVE' and (
          (j.status = 'READY' and j.run_at <= engine.now() and c.status = 'ACTIVE')
          or j.status in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
        )
        group by i.team_id, i.id, i.concurrency_limit, j.channel
      ) as d
    ) + (
      select count(*) from engine.jobs as j where j.status = 'CLAIMED'
    ) + (
      select count(*)
      from engine.jobs as j
      where j.status in ('DISPATCHED', 'AMBIGUOUS') and j.check_at <= engine.now()
    ) + (
      select count(*)
      from engine.tasks as t
      inner join public.integrations as i on t.team_id = i.team_id and t.integration_id = i.id
      where t.status = 'CLAIMED' or (t.status = 'READY' and t.run_at <= engine.now() and i.status = 'ACTIVE')
    ),
    (select count(*) from engine.jobs as j where j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')),
    least(
      (select min(j.run_at) from engine.jobs as j where j.status = 'READY' and j.run_at > engine.now()),
      (select min(j.lease_expires_at) from engine.jobs as j where j.status = 'CLAIMED'),
      (select min(j.check_at) from engine.jobs as j where j.status in ('DISPATCHED', 'AMBIGUOUS')),
      (select min(j.reply_deadline) from engine.jobs as j where j.status = 'DISPATCHED'),
      (select min(t.run_at) from engine.tasks as t where t.status = 'READY' and t.run_at > engine.now()),
      (select min(t.lease_expires_at) from engine.tasks as t where t.status = 'CLAIMED'),
      (select min(c.scheduled_at) from public.campaigns as c where c.status = 'SCHEDULED'),
      (select min(s.next_run_at) from public.audience_schedules as s where s.is_enabled)
    )
$$;
comment on function engine.pending_work() is
'Jobs to work on now, jobs open, and the next moment that brings work (null: none).';
revoke all on function engine.pending_work() from public;
grant execute on function engine.pending_work() to outbound_worker;

-- sql/40_functions/engine/place_jobs.sql
-- Looks up, once for a set of new jobs, what their due times depend on. Open hours are worked out
-- once for each distinct calendar, not for each job.
create or replace function engine.place_jobs(p_jobs engine.new_job[])
returns setof engine.placed_job
language sql
stable
set search_path = ''
as $$
  with asked as materialized (
    select
      j as job, n.type::text::public.contact_channel as channel, i.id as integration_id,
      n.config -> 'business_hours' as business_hours, t.timezone as team_timezone,
      p.timezones, p.regions, j.not_before,
      (n.config -> 'batching' ->> 'size')::integer as batch_size,
      (n.config -> 'batching' ->> 'interval')::interval as batch_interval
    from unnest(p_jobs) as j
    inner join public.teams as t on j.team_id = t.id
    inner join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
    inner join public.workflow_nodes as n
      on j.team_id = n.team_id and j.workflow_id = n.workflow_id and j.node_id = n.id
    left join public.integrations as i
      on j.team_id = i.team_id and i.provider = engine.provider_for(n.type::text::public.contact_channel)
  ),

  calendars as materialized (
    select
      k.channel, k.business_hours, k.team_timezone, k.timezones, k.regions,
      engine.open_hours(
        k.channel, k.business_hours, k.team_timezone, k.timezones, k.regions, k.starts_at,
        engine.calendar_end(greatest(k.ends_at, k.dealt_until), k.batches, k.batch_interval)
      ) as open_hours
    from (
      select
        channel, business_hours, team_timezone, timezones, regions,
        min(not_before) as starts_at, max(not_before) as ends_at,
        ceil(sum(count(*)) over () / min(batch_size)) as batches, max(batch_interval) as batch_interval,
        -- What was dealt before takes its place in front.
        max((
          select max(u.slot_at)
          from engine.pacing as u
          where batch_size is not null and u.team_id = (job).team_id and u.campaign_id = (job).campaign_id
            and u.node_id = (job).node_id
        )) as dealt_until
      from asked
      group by channel, business_hours, team_timezone, timezones, regions
    ) as k
  )

  select
    a.job, a.channel, a.integration_id, c.open_hours,
    -- Without any open hour the job is made all the same: the gate closes it with a reason.
    coalesce(engine.first_open(c.open_hours, a.not_before), date_trunc('second', a.not_before)),
    a.batch_size, a.batch_interval
  from asked as a
  inner join calendars as c
    on a.channel = c.channel and a.business_hours is not distinct from c.business_hours
    and a.team_timezone = c.team_timezone and a.timezones = c.timezones and a.regions = c.regions
$$;
comment on function engine.place_jobs(engine.new_job[]) is
'New jobs with their channel, integration, open hours, earliest moment and batching.';
revoke all on function engine.place_jobs(engine.new_job[]) from public;

-- sql/40_functions/engine/postpone_attempts.sql
-- The provider did not take the request and may later. Trying again takes from the enrollment's
-- budget, except where the provider only said that its lines are busy: then the pace is lowered and
-- nobody is given up. The wait doubles with each attempt, and spreads so that jobs that failed
-- together do not come back together.
create or replace function engine.postpone_attempts(p_results engine.dispatch_result[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_spent engine.finished_job[];
begin
  update engine.attempts as a
  set status = 'TRY_LATER', code = r.code, message = r.message, resolved_at = engine.now()
  from unnest(p_results) as r
  where a.team_id = r.team_id and a.id = r.attempt_id;

  v_spent := array(
    select (j.team_id, j.id, 'failed', 'retries_exhausted', null)::engine.finished_job
    from unnest(p_results) as r
    inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
    inner join engine.enrollments as e on j.team_id = e.team_id and j.enrollment_id = e.id
    where j.status in ('CLAIMED', 'AMBIGUOUS') and r.scope <> 'capacity' and e.retries_left = 0
  );
  update engine.enrollments as e
  set retries_left = e.retries_left - 1
  from unnest(p_results) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  where e.team_id = j.team_id and e.id = j.enrollment_id and r.scope <> 'capacity' and e.retries_left > 0
    and j.status in ('CLAIMED', 'AMBIGUOUS');

  update engine.jobs as j
  set
    status = 'READY', lease_owner = null, lease_expires_at = null, check_at = null,
    run_at = date_trunc('second', engine.now() + engine.back_off(j.attempt_count, r.retry_after_seconds))
  from unnest(p_results) as r
  where j.team_id = r.team_id and j.id = r.job_id and j.status in ('CLAIMED', 'AMBIGUOUS')
    and j.id not in (select s.job_id from unnest(v_spent) as s);
  perform engine.finish_jobs(v_spent);
end
$$;
comment on function engine.postpone_attempts(engine.dispatch_result[]) is
'Attempts that the provider asked to repeat later: READY again with back-off, or failed when the budget is spent.';
revoke all on function engine.postpone_attempts(engine.dispatch_result[]) from public;

-- sql/40_functions/engine/provider_for.sql
-- Which provider carries a channel.
create or replace function engine.provider_for(p_channel public.contact_channel)
returns public.provider
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case p_channel when 'call' then 'vapi' else 'twilio' end::public.provider
$$;
comment on function engine.provider_for(public.contact_channel) is 'vapi for calls, twilio for texts.';
revoke all on function engine.provider_for(public.contact_channel) from public;

-- sql/40_functions/engine/read_events.sql
-- Stored events whose attempt is known, with what each says. A booking that an assistant made through a
-- tool during the call counts even when the report does not repeat it.
create or replace function engine.read_events(p_events engine.event_ref[])
returns setof engine.event_reading
language sql
stable
set search_path = ''
as $$
  select
    e.provider, e.event_key, a.team_id, a.id, a.job_id, e.provider_id,
    case
      when e.provider = 'vapi' and (r.reading).kind = 'final' and (r.reading).outcome <> 'opted_out'
        and engine.has_booked_by_tool(a.team_id, a.id)
        then ((r.reading).kind, 'booked', (r.reading).scope, (r.reading).reason_code, (r.reading).words)::engine.reading
      else r.reading
    end
  from unnest(p_events) as p
  inner join engine.events as e on p.provider = e.provider and p.event_key = e.event_key and e.result = 'waiting'
  cross join lateral engine.find_attempt(e.provider, e.attempt_id, e.provider_id, e.secret_name) as a
  cross join lateral (
    select case e.provider
      when 'vapi' then engine.read_vapi_event(e.type, e.payload)
      else engine.read_twilio_event(e.type, e.payload)
    end as reading
  ) as r
$$;
comment on function engine.read_events(engine.event_ref[]) is 'Waiting events whose attempt is known, read.';
revoke all on function engine.read_events(engine.event_ref[]) from public;

-- sql/40_functions/engine/read_inbound_texts.sql
-- Waiting inbound texts with the team whose number they were sent to, and the text of ours that they
-- answer: the latest one to that person that still waits for a reply. A reply to a text whose sending is
-- not settled yet must wait until it is.
create or replace function engine.read_inbound_texts(p_events engine.event_ref[])
returns table (
  provider public.provider, event_key text, team_id uuid, phone text, words text, consent text, job_id uuid,
  must_wait boolean
)
language sql
stable
set search_path = ''
as $$
  select
    e.provider, e.event_key, f.team_id, s.phone, e.payload ->> 'Body',
    c.consent, w.id,
    c.consent is null and w.id is null and exists (
      select
      from engine.jobs as j
      where j.team_id = f.team_id and j.phone = s.phone and j.channel = 'text' and j.status in ('CLAIMED', 'AMBIGUOUS')
        and engine.has_live_attempt(j.team_id, j.id)
    )
  from unnest(p_events) as p
  inner join engine.events as e
    on p.provider = e.provider and p.event_key = e.event_key and e.type = 'inbound' and e.result = 'waiting'
  cross join lateral (
    -- whatsapp:+1…; short codes and names are nobody that we call
    select substring(e.payload ->> 'From' from '(\+[1-9][0-9]{6,14})$') as phone
  ) as s
  cross join lateral (
    select case
      when e.payload ->> 'OptOutType' = 'STOP' then 'opt_out'
      when e.payload ->> 'OptOutType' = 'START' then 'opt_in'
      else engine.read_consent(e.payload ->> 'Body')
    end as consent
  ) as c
  left join lateral (
    select i.team_id
    from public.integrations as i
    where i.provider = e.provider and i.account_ref = e.payload ->> 'AccountSid'
      and i.secret_name = coalesce(e.secret_name, i.secret_name)
      -- A stop holds whichever number of the account it was sent to.
      and (c.consent = 'opt_out' or exists (
        select from public.phone_numbers as n where n.team_id = i.team_id and n.phone = e.payload ->> 'To'
      ))
  ) as f on true
  left join lateral (
    select j.id
    from engine.jobs as j
    where j.team_id = f.team_id and j.phone = s.phone and j.channel = 'text'
      and j.status = 'DISPATCHED' and j.reply_deadline is not null
    order by j.dispatched_at desc, j.id desc
    limit 1
  ) as w on true
$$;
comment on function engine.read_inbound_texts(engine.event_ref[]) is
'Waiting inbound texts: whose number they came to, what they say about consent, which job they answer.';
revoke all on function engine.read_inbound_texts(engine.event_ref[]) from public;

-- sql/40_functions/engine/read_twilio_event.sql
-- Reads a Twilio status callback (form fields), or a message that was asked for (snake case).
create or replace function engine.read_twilio_event(p_type text, p_payload jsonb)
returns engine.reading
language sql
stable
set search_path = ''
as $$
  select case
    when s.status in ('undelivered', 'failed') then (
      'final', case when s.code = '21610' then 'opted_out' else 'undeliverable' end,
      'job', coalesce(s.code, s.status), null
    )::engine.reading
    when s.status = 'canceled' then ('final', 'failed', 'job', 'canceled', null)::engine.reading
    when s.status in ('delivered', 'read') then ('delivered', null, 'job', s.status, null)::engine.reading
    when s.status is null then ('ignored', null, 'job', null, null)::engine.reading
    else ('progress', null, 'job', s.status, null)::engine.reading
  end
  from (
    select
      lower(coalesce(p_payload ->> 'MessageStatus', p_payload ->> 'SmsStatus', p_payload ->> 'status')) as status,
      nullif(nullif(coalesce(p_payload ->> 'ErrorCode', p_payload ->> 'error_code'), ''), '0') as code
  ) as s
$$;
comment on function engine.read_twilio_event(text, jsonb) is
'What a Twilio status callback (or a message object) says about its job.';
revoke all on function engine.read_twilio_event(text, jsonb) from public;

-- sql/40_functions/engine/read_vapi_event.sql
-- Reads a Vapi server message, or a call object that was asked for. Only the report after a call (or
-- the ended call itself, when asked for) is final: it alone knows of bookings and opt-outs.
create or replace function engine.read_vapi_event(p_type text, p_payload jsonb)
returns engine.reading
language sql
stable
set search_path = ''
as $$
  select case
    when p_type = 'tool-calls' and engine.tools_mean(t.names, 'opt_out')
      then ('opt_out', null, 'job', 'tool_call', null)::engine.reading
    when p_type = 'tool-calls' and engine.tools_mean(t.names, 'booking')
      then ('booking', 'booked', 'job', 'tool_call', null)::engine.reading
    when p_type = 'tool-calls' then ('progress', null, 'job', null, null)::engine.reading
    when p_type in ('end-of-call-report', 'call') and (p_type <> 'call' or m.message ->> 'status' = 'ended')
      then (
        'final',
        case
          when s.data @> '{"opted_out": true}' or s.data @> '{"optedOut": true}' then 'opted_out'
          when s.data @> '{"booked": true}' then 'booked'
          else c.outcome
        end,
        c.scope,
        coalesce(m.message ->> 'endedReason', 'unknown'),
        m.message -> 'analysis' ->> 'summary'
      )::engine.reading
    when p_type = 'status-update' and m.message ->> 'status' = 'ended'
      then ('ended', null, 'job', m.message ->> 'endedReason', null)::engine.reading
    when p_type in ('status-update', 'call') then ('progress', null, 'job', m.message ->> 'status', null)::engine.reading
    else ('ignored', null, 'job', null, null)::engine.reading
  end
  from (select case when jsonb_typeof(p_payload -> 'message') = 'object' then p_payload -> 'message' else p_payload end)
    as m (message)
  cross join lateral (
    select case
      when jsonb_typeof(m.message -> 'analysis' -> 'structuredData') = 'object'
        then m.message -> 'analysis' -> 'structuredData'
      else '{}'
    end as data
  ) as s
  cross join lateral (select engine.tool_names(m.message) as names) as t
  cross join lateral engine.classify_ended_reason(m.message ->> 'endedReason') as c
$$;
comment on function engine.read_vapi_event(text, jsonb) is
'What a Vapi server message (or a call object, type call) says about its job.';
revoke all on function engine.read_vapi_event(text, jsonb) from public;

-- sql/40_functions/engine/record_dispatches.sql
-- What providers answered to the attempts that this worker began. Saying it twice changes nothing; an
-- event may have said it before. Jobs are locked in order of id.
create or replace function engine.record_dispatches(p_worker text, p_results jsonb)
returns table (attempt_id uuid, job_id uuid, job_status public.job_status)
language plpgsql
security definer -- workers may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
#variable_conflict use_column
declare
  v_results engine.dispatch_result[] := array(
    select r
    from jsonb_populate_recordset(null::engine.dispatch_result, p_results) as r
    where r.verdict in ('accepted', 'refused', 'try_later', 'unknown')
  );
  v_open engine.dispatch_result[];
begin
  if cardinality(v_results) <> jsonb_array_length(p_results) then
    perform engine.refuse(
      'OB001', 'Each result needs a verdict: accepted, refused, try_later or unknown.', '[]'
    );
  end if;
  perform
  from engine.attempts as a
  inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id
  where a.id in (select r.attempt_id from unnest(v_results) as r)
  order by j.id
  for update of j;

  v_open := array(
    select (
      a.team_id, a.job_id, a.id, r.verdict, coalesce(r.scope, 'job'), r.code, r.message, r.provider_id,
      r.retry_after_seconds
    )::engine.dispatch_result
    from unnest(v_results) as r
    inner join engine.attempts as a on r.attempt_id = a.id
    where a.worker = p_worker
      and (a.status in ('OPEN', 'AMBIGUOUS') or (r.verdict = 'accepted' and engine.may_be_accepted(a)))
  );
  perform engine.accept_attempts(array(select r from unnest(v_open) as r where r.verdict = 'accepted'));
  perform engine.doubt_attempts(array(select r from unnest(v_open) as r where r.verdict = 'unknown'));
  perform engine.postpone_attempts(array(select r from unnest(v_open) as r where r.verdict = 'try_later'));
  perform engine.refuse_attempts(array(select r from unnest(v_open) as r where r.verdict = 'refused'));

  return query
  select a.id, a.job_id, j.status
  from unnest(v_results) as r
  inner join engine.attempts as a on r.attempt_id = a.id
  inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id;
end
$$;
comment on function engine.record_dispatches(text, jsonb) is
'Records providers'' answers: [{attempt_id, verdict, scope?, code?, message?, provider_id?, retry_after_seconds?}].';
revoke all on function engine.record_dispatches(text, jsonb) from public;
grant execute on function engine.record_dispatches(text, jsonb) to outbound_worker;

-- sql/40_functions/engine/recount.sql
-- The truth that the counters must equal, counted from the rows. For tests and operators.
create or replace function engine.recount(p_campaign_id uuid)
returns table (node_id text, state text, outcome text, due_at timestamptz, amount bigint)
language sql
stable
set search_path = ''
as $$
  select
    j.node_id, j.status::text, coalesce(j.outcome::text, ''),
    case when j.status = 'READY' and j.run_at > engine.now() then j.run_at else '-infinity' end, count(*)
  from engine.jobs as j
  where j.campaign_id = p_campaign_id
  group by 1, 2, 3, 4
  union all
  select '', e.status::text, case when e.booked_at is null then '' else 'booked' end, '-infinity'::timestamptz, count(*)
  from engine.enrollments as e
  where e.campaign_id = p_campaign_id
  group by 1, 2, 3, 4
$$;
comment on function engine.recount(uuid) is
'Jobs and enrollments (node_id empty) of a campaign, counted from the rows: what engine.counters must add up to.';
revoke all on function engine.recount(uuid) from public;

-- sql/40_functions/engine/refusal_outcome.sql
-- What a provider's refusal means for the person: a number that cannot be reached, an opt-out that the
-- provider knows of, or a failure. Codes are Twilio's.
create or replace function engine.refusal_outcome(p_scope text, p_code text)
returns public.job_outcome
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when p_code = '21610' then 'opted_out'
    when p_scope = 'number' or p_code in ('21211', '21614', '21635', '21408') then 'undeliverable'
    else 'failed'
  end::public.job_outcome
$$;
comment on function engine.refusal_outcome(text, text) is 'Outcome of a job whose request was refused.';
revoke all on function engine.refusal_outcome(text, text) from public;

-- sql/40_functions/engine/refuse_attempts.sql
-- The provider will not take the request. When it is about the person or the number, the job has
-- failed and its edges are followed. When it is about the whole account, or about how it is set up,
-- going on would burn through the list: the integration pauses with the reason, and the job stays to be sent.
create or replace function engine.refuse_attempts(p_results engine.dispatch_result[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  update engine.attempts as a
  set status = 'REFUSED', code = r.code, message = r.message, resolved_at = engine.now()
  from unnest(p_results) as r
  where a.team_id = r.team_id and a.id = r.attempt_id;

  perform engine.finish_jobs(array(
    select (
      j.team_id, j.id, engine.refusal_outcome(r.scope, r.code), coalesce(r.code, 'refused'), null
    )::engine.finished_job
    from unnest(p_results) as r
    inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
    where r.scope not in ('account', 'configuration')
  ));

  update engine.jobs as j
  set status = 'READY', lease_owner = null, lease_expires_at = null, check_at = null
  from unnest(p_results) as r
  where r.scope in ('account', 'configuration') and j.team_id = r.team_id and j.id = r.job_id
    and j.status in ('CLAIMED', 'AMBIGUOUS');

  update public.integrations as i
  set
    status = 'PAUSED', paused_at = engine.now(),
    paused_reason = left(concat_ws(': ', r.code, r.message), 500)
  from unnest(p_results) as r
  inner join engine.jobs as j on r.team_id = j.team_id and r.job_id = j.id
  where r.scope in ('account', 'configuration') and i.team_id = j.team_id and i.id = j.integration_id and i.status = 'ACTIVE';
end
$$;
comment on function engine.refuse_attempts(engine.dispatch_result[]) is
'Attempts that the provider refused for good: the job fails, or the whole integration pauses.';
revoke all on function engine.refuse_attempts(engine.dispatch_result[]) from public;

-- sql/40_functions/engine/release_jobs.sql
-- Carries out the gate's verdicts on jobs that it did not let through. The caller has locked the jobs.
-- A job that the clock of the law holds back is not late: its due time moves along.
create or replace function engine.release_jobs(p_verdicts engine.verdict[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  update engine.jobs as j
  set
    status = 'READY', lease_owner = null, lease_expires_at = null,
    run_at = coalesce(v.run_at, j.run_at), due_at = coalesce(v.run_at, j.due_at)
  from unnest(p_verdicts) as v
  where v.decision in ('defer', 'hold') and j.team_id = v.team_id and j.id = v.job_id
    -- A READY job that is held stays as it is: no write, no counting.
    and (j.status = 'CLAIMED' or (j.status = 'READY' and v.decision = 'defer'));
  perform engine.close_jobs(array(
    select (v.team_id, v.job_id, v.reason_code, v.enrollment_status)::engine.closed_job
    from unnest(p_verdicts) as v
    where v.decision = 'close'
  ));
end
$$;
comment on function engine.release_jobs(engine.verdict[]) is 'Defers, holds or closes jobs as the gate said.';
revoke all on function engine.release_jobs(engine.verdict[]) from public;

-- sql/40_functions/engine/resolve_attempts.sql
-- What the provider said when asked. Found: the attempt is accepted and the provider's object is read
-- like an event. Not found: only after a grace period, in which the provider may still be writing it
-- down, is that a no. Not answered: it is asked again.
create or replace function engine.resolve_attempts(p_worker text, p_results jsonb)
returns table (attempt_id uuid, job_id uuid, job_status public.job_status)
language plpgsql
security definer -- workers may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
#variable_conflict use_column
declare
  v_answers engine.lookup_answer[] := array(
    select (
      l.attempt_id,
      -- Found, but it is another attempt's, by now or in this very set: it has to be asked again.
      case when l.is_first and not exists (
        select
        from engine.attempts as o
        where o.provider = l.provider and o.provider_id = l.provider_id and o.id <> l.attempt_id
      ) then l.found end,
      l.provider_id, l.payload
    )::engine.lookup_answer
    from (
      select
        t.*, a.provider, t.provider_id is null or row_number() over (
          partition by a.provider, t.provider_id order by a.begun_at, a.id
        ) = 1 as is_first
      from jsonb_populate_recordset(null::engine.lookup_answer, p_results) as t
      inner join engine.attempts as a on t.attempt_id = a.id
    ) as l
  );
begin
  perform
  from unnest(v_answers) as l
  inner join engine.attempts as a on l.attempt_id = a.id
  inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id
  order by j.id
  for update of j;

  perform engine.accept_attempts(array(
    select (a.team_id, a.job_id, a.id, 'accepted', 'job', null, 'found when ' || p_worker || ' asked', l.provider_id, null)::engine.dispatch_result
    from unnest(v_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id and a.status = 'AMBIGUOUS'
    where l.found and l.provider_id is not null
  ));
  perform engine.ingest_event((
    select coalesce(jsonb_agg(jsonb_build_object(
      'provider', a.provider, 'event_key', concat_ws(':', 'lookup', a.id, md5(l.payload::text)),
      'provider_id', a.provider_id, 'attempt_id', a.id,
      'type', case a.provider when 'vapi' then 'call' else 'message' end, 'payload', l.payload
    )), '[]')
    from unnest(v_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id and a.status = 'ACCEPTED'
    where l.found and l.payload is not null
  ));
  perform engine.settle_silent_jobs(v_answers);
  perform engine.disprove_attempts(v_answers);
  -- Still open: ask again later.
  update engine.jobs as j
  set check_at = engine.now() + case
    when l.found is null then interval '1 minute'
    when j.status = 'AMBIGUOUS' then interval '30 seconds'
    else engine.silence(j.channel)
  end
  from unnest(v_answers) as l
  inner join engine.attempts as a on l.attempt_id = a.id
  where j.team_id = a.team_id and j.id = a.job_id and j.status in ('DISPATCHED', 'AMBIGUOUS');

  return query
  select a.id, a.job_id, j.status
  from unnest(v_answers) as l
  inner join engine.attempts as a on l.attempt_id = a.id
  inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id;
end
$$;
comment on function engine.resolve_attempts(text, jsonb) is
'Records lookups: [{attempt_id, found (true, false, null when it could not be asked), provider_id?, payload?}].';
revoke all on function engine.resolve_attempts(text, jsonb) from public;
grant execute on function engine.resolve_attempts(text, jsonb) to outbound_worker;

-- sql/40_functions/engine/settle_silent_jobs.sql
-- What the provider keeps calling unfinished. Some carriers never confirm delivery: a text that has been
-- "sent" for a day is taken as delivered. A call that has gone on for six hours, or a text that has been
-- queued for two days, is not coming to an end, and must not hold a line for ever.
create or replace function engine.settle_silent_jobs(p_answers engine.lookup_answer[])
returns void
language sql
volatile
set search_path = ''
as $$
  select engine.finish_jobs(array(
    select (j.team_id, j.id, s.outcome, s.reason_code, null)::engine.finished_job
    from unnest(p_answers) as l
    inner join engine.attempts as a on l.attempt_id = a.id
    inner join engine.jobs as j on a.team_id = j.team_id and a.job_id = j.id and j.status = 'DISPATCHED'
    inner join (
      values
      ('text'::public.contact_channel, true, interval '1 day', 'delivered'::public.job_outcome, 'sent_unconfirmed'),
      ('text', false, interval '2 days', 'failed', 'never_sent'),
      ('call', false, interval '6 hours', 'failed', 'never_ended')
    ) as s (channel, is_sent, patience, outcome, reason_code)
      on j.channel = s.channel and s.is_sent = (coalesce(l.payload ->> 'status', '') = 'sent')
    where l.found and j.reply_deadline is null and j.dispatched_at <= engine.now() - s.patience
  ))
$$;
comment on function engine.settle_silent_jobs(engine.lookup_answer[]) is
'Ends dispatched jobs that the provider has been calling unfinished for too long.';
revoke all on function engine.settle_silent_jobs(engine.lookup_answer[]) from public;

-- sql/40_functions/engine/silence.sql
-- How long to wait for a provider's event before asking the provider. Longer than a call lasts.
create or replace function engine.silence(p_channel public.contact_channel)
returns interval
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case p_channel when 'call' then interval '20 minutes' else interval '1 hour' end
$$;
comment on function engine.silence(public.contact_channel) is 'How long a dispatched job may be silent before the provider is asked.';
revoke all on function engine.silence(public.contact_channel) from public;

-- sql/40_functions/engine/template_values.sql
-- The variables that templates and assistants may use about a person.
create or replace function engine.template_values(
  p_team public.teams,
  p_contact public.contacts,
  p_member public.audience_members
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'first_name', p_contact.first_name,
    'last_name', p_contact.last_name,
    'full_name', nullif(concat_ws(' ', p_contact.first_name, p_contact.last_name), ''),
    'team_name', p_team.name,
    'phone', p_contact.phone,
    'email', p_contact.email,
    'postal_code', p_contact.postal_code,
    'appointment_date', to_char(
      p_member.appointment_starts_at at time zone coalesce(p_contact.timezone, p_team.timezone), 'YYYY-MM-DD'
    ),
    'appointment_time', to_char(
      p_member.appointment_starts_at at time zone coalesce(p_contact.timezone, p_team.timezone), 'HH12:MI AM'
    )
  ))
$$;
comment on function engine.template_values(public.teams, public.contacts, public.audience_members) is
'Values of the template variables for one person; what is not known is left out.';
revoke all on function
engine.template_values(public.teams, public.contacts, public.audience_members) from public;

-- sql/40_functions/engine/tick.sql
-- What time alone changes. pg_cron calls it once a minute, or a worker does where pg_cron is not
-- there. Safe to run twice at once: rows that another tick holds are skipped.
-- The counters are folded last, because nothing may wait for what that locks.
create or replace function engine.tick()
returns jsonb
language plpgsql
security definer -- cron and workers may write no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_expired integer := engine.expire_leases();
  v_waited integer := engine.apply_waiting_events();
  v_unanswered integer := engine.close_reply_windows();
  v_launched integer := engine.launch_scheduled_campaigns();
  v_completed integer := engine.complete_campaigns();
  v_dropped integer := engine.expire_tasks();
  v_abandoned integer := engine.fail_stale_runs();
  v_queued integer;
  v_skipped integer;
  v_folded integer;
begin
  select q.queued_count, q.skipped_count into v_queued, v_skipped from engine.queue_due_schedules() as q;
  delete from engine.pacing as p where p.slot_at < engine.now() - interval '31 days';
  v_folded := engine.fold_counters();
  return jsonb_build_object(
    'leases_expired', v_expired, 'events_waited', v_waited, 'reply_windows_closed', v_unanswered,
    'campaigns_launched', v_launched, 'campaigns_completed', v_completed, 'tasks_expired', v_dropped,
    'runs_abandoned', v_abandoned, 'runs_queued', v_queued, 'runs_skipped', v_skipped, 'counters_folded', v_folded
  );
end
$$;
comment on function engine.tick() is 'Does what time alone changes, and returns what it did. Idempotent.';
revoke all on function engine.tick() from public;
grant execute on function engine.tick() to outbound_worker;

-- sql/40_functions/engine/tool_names.sql
-- Names of the tools that an assistant called, in all shapes that the provider sends.
create or replace function engine.tool_names(p_message jsonb)
returns text[]
language sql
immutable
parallel safe
set search_path = ''
as $$
  select array(
    select lower(coalesce(t.call ->> 'name', t.call -> 'function' ->> 'name', ''))
    from unnest(array['toolCallList', 'toolCalls', 'toolWithToolCallList']) as k (key)
    cross join lateral jsonb_array_elements(
      case when jsonb_typeof(p_message -> k.key) = 'array' then p_message -> k.key else '[]' end
    ) as t (call)
  )
$$;
comment on function engine.tool_names(jsonb) is 'Lower-case names of the tools in a tool-calls message.';
revoke all on function engine.tool_names(jsonb) from public;

-- sql/40_functions/engine/tools_mean.sql
-- Whether one of these tools records an opt-out or a booking.
create or replace function engine.tools_mean(p_names text[], p_meaning text)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from unnest(p_names) as n (name)
    inner join reference.tool_names as t on n.name ~ t.pattern
    where t.meaning = p_meaning
  )
$$;
comment on function engine.tools_mean(text[], text) is 'Whether a tool of these names has the meaning (opt_out, booking).';
revoke all on function engine.tools_mean(text[], text) from public;

-- sql/40_functions/engine/wake_workers.sql
-- A job that is due now should be dialled now: tell the workers that listen. One notice for a
-- statement and channel, whatever the number of rows.
create or replace function engine.wake_workers()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform pg_notify('outbound_jobs', due.channel::text)
  from (
    select distinct n.channel
    from new_rows as n
    where n.status = 'READY' and n.run_at <= engine.now()
  ) as due;
  return null;
end
$$;
comment on function engine.wake_workers() is 'Notifies outbound_jobs with the queue of jobs that are due now.';
revoke all on function engine.wake_workers() from public;

-- sql/40_functions/engine/weekday_name.sql
-- The keys of business hours. Spelled out, because to_char's names follow the server's language.
create or replace function engine.weekday_name(p_day date)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select (array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])[
    extract(isodow from p_day)::integer
  ]
$$;
comment on function engine.weekday_name(date) is 'monday … sunday.';
revoke all on function engine.weekday_name(date) from public;

-- sql/40_functions/engine/weigh_edges.sql
-- Which edges match what came of visits, and which of them is first: lowest priority number, then id.
-- From a trigger every edge matches, because there is no outcome yet.
create or replace function engine.weigh_edges(p_visits engine.ended_visit[])
returns setof engine.weighed_edge
language sql
stable
set search_path = ''
as $$
  select
    w.visit_no, w.id, w.target, w.rule, w.priority, w.delay, w.matches,
    w.matches and row_number() over (partition by w.visit_no, w.matches order by w.priority, w.id) = 1
  from (
    select
      v.visit_no::integer as visit_no, e.id, e.target, e.rule, e.priority, e.delay,
      v.node_type = 'trigger' or (
        r.rule is not null and (not r.is_partial or engine.reply_matches(v.reply_text, e.phrases))
      ) as matches
    from unnest(p_visits) with ordinality as v (
      node_type, outcome, reason_code, reply_text, retry, retries_left, dialled, was_not_dialled, edges, visit_no
    )
    cross join lateral unnest(v.edges) as e
    left join reference.edge_rules as r
      on v.node_type = r.node_type and e.rule = r.rule and v.outcome = r.outcome
  ) as w
$$;
comment on function engine.weigh_edges(engine.ended_visit[]) is
'For each edge of each visit whether it matches, and whether it is the first that does.';
revoke all on function engine.weigh_edges(engine.ended_visit[]) from public;

-- sql/40_functions/errors/issue.sql
-- One problem of a validation: the element of OB001's detail. Null keys are left out.
create or replace function engine.issue(
  p_code text,
  p_path text,
  p_message text,
  p_severity text default 'error',
  p_where jsonb default '{}'
)
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  select jsonb_strip_nulls(
    jsonb_build_object('code', p_code, 'severity', p_severity, 'path', p_path, 'message', p_message)
    || coalesce(p_where, '{}')
  )
$$;
comment on function engine.issue(text, text, text, text, jsonb) is
'One element of OB001''s detail: {code, severity, path, message, node_id?, edge_id?, row?, column?}.';
revoke all on function engine.issue(text, text, text, text, jsonb) from public;

-- sql/40_functions/errors/legal_steps.sql
-- What a refusal lists as allowed.
create or replace function engine.legal_steps(p_entity text, p_from text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(t.to_status order by t.to_status), '[]')
  from reference.transitions as t
  where t.entity = p_entity and t.from_status = p_from
$$;
comment on function engine.legal_steps(text, text) is 'The states that may follow a state, as a JSON array.';
revoke all on function engine.legal_steps(text, text) from public;

-- sql/40_functions/errors/refuse.sql
-- The one way to refuse: a sentence for a person, JSON for a program, a hint for what to do next.
create or replace function engine.refuse(
  p_sqlstate text,
  p_message text,
  p_detail jsonb default '{}',
  p_hint text default ''
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  raise exception using
    errcode = p_sqlstate,
    message = p_message,
    detail = coalesce(p_detail, '{}')::text,
    hint = coalesce(p_hint, '');
end
$$;
comment on function engine.refuse(text, text, jsonb, text) is 'Raises one of the errors in reference.errors.';
revoke all on function engine.refuse(text, text, jsonb, text) from public;

-- sql/40_functions/errors/refuse_issues.sql
-- Raises OB001 with every problem at once; does nothing when there is none.
create or replace function engine.refuse_issues(p_issues jsonb, p_subject text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_errors jsonb := coalesce(
    jsonb_path_query_array(p_issues, '$[*] ? (@.severity == "error")'), '[]'
  );
  v_count integer := jsonb_array_length(v_errors);
begin
  if v_count = 0 then
    return;
  end if;
  perform engine.refuse(
    'OB001',
    case
      when v_count = 1 then format('%s: %s', p_subject, v_errors -> 0 ->> 'message')
      else format('%s has %s problems; the first: %s', p_subject, v_count, v_errors -> 0 ->> 'message')
    end,
    p_issues,
    'The detail lists every problem with its place.'
  );
end
$$;
comment on function engine.refuse_issues(jsonb, text) is 'Raises OB001 when the issues hold an error.';
revoke all on function engine.refuse_issues(jsonb, text) from public;

-- sql/40_functions/errors/refuse_not_found.sql
-- Another team's row and a row that never was must look alike.
create or replace function engine.refuse_not_found(p_entity text, p_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform engine.refuse(
    'OB004',
    format('There is no such %s.', replace(p_entity, '_', ' ')),
    jsonb_build_object('entity', p_entity, 'id', p_id),
    'Check the id; it may belong to another team or have been deleted.'
  );
end
$$;
comment on function engine.refuse_not_found(text, uuid) is 'Raises OB004 for an entity that the caller cannot see.';
revoke all on function engine.refuse_not_found(text, uuid) from public;

-- sql/40_functions/errors/refuse_step.sql
-- What the triggers of the state machines call: a terminal state never goes back, and no function,
-- however wrong, can take a step that the design does not have. The argument is the entity's name.
create or replace function engine.refuse_step()
returns trigger
language plpgsql
security definer -- whoever writes, and whatever that role may read
set search_path = ''
as $$
begin
  perform engine.refuse(
    'OB002',
    format('A %s cannot go from %s to %s.', tg_argv[0], old.status, new.status),
    jsonb_build_object(
      'entity', tg_argv[0], 'id', old.id, 'from', old.status, 'to', new.status,
      'allowed', engine.legal_steps(tg_argv[0], old.status::text)
    ),
    ''
  );
  return null;
end
$$;
comment on function engine.refuse_step() is 'Raises OB002 for a step that a state machine does not have.';
revoke all on function engine.refuse_step() from public;

-- sql/40_functions/leads/check_lead.sql
-- A lead as a checked row, by the rule that files go through: columns by their names in many spellings,
-- any phone format, every problem.
create or replace function engine.check_lead(p_team_id uuid, p_run_id uuid, p_lead jsonb)
returns engine.checked_rows
language plpgsql
stable
set search_path = ''
as $$
declare
  v_lead jsonb := coalesce((
    select jsonb_object_agg(f.key, f.value)
    from jsonb_each(p_lead) as f
    -- the id of the lead is not that of the customer
    where replace(lower(f.key), '-', '_') not in ('external_id', 'externalid', 'lead_id', 'leadid', 'leadgen_id', 'id')
  ), '{}');
  v_rows jsonb := jsonb_build_array(v_lead);
  v_columns text[] := array(select k from jsonb_object_keys(v_lead) as k order by k);
  v_row engine.import_rows;
  v_checked engine.checked_rows;
begin
  select r.* into v_row
  from public.teams as t
  cross join lateral engine.rows_from_json(
    p_team_id, p_run_id, v_rows, true, 0, v_columns, engine.guess_mapping(v_rows, true, 0, v_columns, t.country)
  ) as r
  where t.id = p_team_id;
  v_row.row_number := 1;
  select c.* into v_checked
  from public.teams as t
  cross join lateral engine.check_rows(array[v_row], t.country, t.is_sandbox) as c
  where t.id = p_team_id;
  v_checked.team_id := p_team_id;
  v_checked.run_id := p_run_id;
  v_checked.row_number := 1;
  v_checked.contact_id := engine.new_id();
  return v_checked;
end
$$;
comment on function engine.check_lead(uuid, uuid, jsonb) is 'A flat lead as a checked row of a run.';
revoke all on function engine.check_lead(uuid, uuid, jsonb) from public;

-- sql/40_functions/leads/count_lead.sql
-- The leads of a list and day are one run, or two when some were rejected: it never is open, its counts
-- grow. So a lead never waits for an import, and a day's leads are a line among the runs.
create or replace function engine.count_lead(
  p_list public.audience_lists, p_status public.lead_status, p_is_duplicate boolean, p_was_member boolean
)
returns void
language sql
volatile
set search_path = ''
as $$
  insert into public.audience_runs as r (
    team_id, id, list_id, list_name, source, status, is_partial_allowed, fetched_count, added_count, updated_count,
    excluded_count, rejected_count, duplicate_count, started_at, ended_at
  )
  select
    p_list.team_id, engine.lead_run(p_list, c.rejected > 0), p_list.id, p_list.name, 'speed_to_lead',
    case when c.rejected > 0 then 'PARTIAL' else 'SUCCEEDED' end::public.run_status, true,
    1, 1 - c.updated - c.excluded - c.rejected - c.duplicate, c.updated, c.excluded, c.rejected, c.duplicate,
    engine.now(), engine.now()
  from (
    select
      (not p_is_duplicate and p_status = 'REJECTED')::integer as rejected,
      (not p_is_duplicate and p_status = 'EXCLUDED')::integer as excluded,
      (not p_is_duplicate and p_status = 'ACCEPTED' and p_was_member)::integer as updated,
      p_is_duplicate::integer as duplicate
  ) as c
  on conflict on constraint audience_runs_pk do update set
    fetched_count = r.fetched_count + 1,
    added_count = r.added_count + excluded.added_count,
    updated_count = r.updated_count + excluded.updated_count,
    excluded_count = r.excluded_count + excluded.excluded_count,
    rejected_count = r.rejected_count + excluded.rejected_count,
    duplicate_count = r.duplicate_count + excluded.duplicate_count,
    ended_at = engine.now()
$$;
comment on function engine.count_lead(public.audience_lists, public.lead_status, boolean, boolean) is
'Counts a lead in its list''s run of the day.';
revoke all on function engine.count_lead(public.audience_lists, public.lead_status, boolean, boolean) from public;

-- sql/40_functions/leads/create_lead_endpoint.sql
-- An address to which another system posts the leads of a list. Its token is told once, here.
create or replace function public.create_lead_endpoint(p_list_id uuid, p_source text)
returns jsonb
language plpgsql
security definer -- writes the engine's table, which no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_lead_list(p_list_id, 'admin'); -- engine.require_role
  -- 244 random bits
  v_token text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
  v_endpoint engine.lead_endpoints;
begin
  if coalesce(length(btrim(p_source)), 0) not between 1 and 100 then
    perform engine.refuse_issues(jsonb_build_array(
      engine.issue('source_length', 'p_source', 'The source must have 1 to 100 characters.')
    ), 'The endpoint');
  end if;
  insert into engine.lead_endpoints (team_id, list_id, source, token_hash, created_by)
  values (v_list.team_id, v_list.id, btrim(p_source), sha256(convert_to(v_token, 'UTF8')), (select auth.uid()))
  returning * into v_endpoint;
  return engine.describe_lead_endpoint(v_endpoint)
    || jsonb_build_object('token', v_token, 'path', '/webhooks/leads/' || v_token);
end
$$;
comment on function public.create_lead_endpoint(uuid, text) is
'Makes an address for the leads of a source: {endpoint_id, list_id, source, created_at, token, path}. The token is shown only here.';
revoke all on function public.create_lead_endpoint(uuid, text) from public;
grant execute on function public.create_lead_endpoint(uuid, text) to authenticated, service_role;

-- sql/40_functions/leads/describe_lead.sql
-- A lead as RPCs and the receiver return it, with what calls it.
create or replace function engine.describe_lead(p_lead public.leads, p_is_duplicate boolean)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'lead_id', p_lead.id, 'list_id', p_lead.list_id, 'contact_id', p_lead.contact_id, 'source', p_lead.source,
    'external_id', p_lead.external_id, 'urgency', p_lead.urgency, 'status', p_lead.status,
    'is_duplicate', p_is_duplicate, 'problems', p_lead.problems, 'received_at', p_lead.received_at,
    'campaigns', coalesce((
      select jsonb_agg(jsonb_build_object(
        'campaign_id', c.id, 'name', c.name, 'enrollment_id', e.id, 'status', e.status
      ) order by c.id)
      from public.campaigns as c
      inner join engine.enrollments as e on c.team_id = e.team_id and c.id = e.campaign_id
      where c.team_id = p_lead.team_id and c.list_id = p_lead.list_id and e.contact_id = p_lead.contact_id
    ), '[]')
  )
$$;
comment on function engine.describe_lead(public.leads, boolean) is
'{lead_id, list_id, contact_id, source, external_id, urgency, status, is_duplicate, problems, received_at, campaigns[]}.';
revoke all on function engine.describe_lead(public.leads, boolean) from public;

-- sql/40_functions/leads/describe_lead_endpoint.sql
-- An endpoint as RPCs return it, without anything of its token.
create or replace function engine.describe_lead_endpoint(p_endpoint engine.lead_endpoints)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'endpoint_id', p_endpoint.id, 'list_id', p_endpoint.list_id, 'source', p_endpoint.source,
    'created_at', p_endpoint.created_at, 'revoked_at', p_endpoint.revoked_at
  )
$$;
comment on function engine.describe_lead_endpoint(engine.lead_endpoints) is '{endpoint_id, list_id, source, created_at, revoked_at}.';
revoke all on function engine.describe_lead_endpoint(engine.lead_endpoints) from public;

-- sql/40_functions/leads/flatten_lead.sql
-- What systems post as a lead, as one flat object of texts: their own keys, those of nested objects, and
-- the lists of answers that forms send ([{name, values}] or [{column_id, string_value}]). The first of a
-- key counts.
create or replace function engine.flatten_lead(p_lead jsonb)
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  with pairs as (
    select k.key, k.value, 1 as rank from jsonb_each(p_lead) as k
    union all
    select n.key, n.value, 2
    from jsonb_each(p_lead) as k
    cross join lateral jsonb_each(case when jsonb_typeof(k.value) = 'object' then k.value else '{}' end) as n
    union all
    select
      coalesce(a.item ->> 'name', a.item ->> 'column_id', a.item ->> 'column_name'),
      coalesce(a.item -> 'string_value', a.item -> 'value', a.item -> 'values' -> 0), 3
    from jsonb_each(p_lead) as k
    cross join lateral jsonb_array_elements(case when jsonb_typeof(k.value) = 'array' then k.value else '[]' end) as a (item)
    where jsonb_typeof(a.item) = 'object'
  )

  select coalesce(jsonb_object_agg(f.key, f.value #>> '{}'), '{}')
  from (
    select distinct on (p.key) p.key, p.value
    from pairs as p
    where p.key is not null and jsonb_typeof(p.value) in ('string', 'number', 'boolean')
    order by p.key, p.rank
  ) as f
$$;
comment on function engine.flatten_lead(jsonb) is 'A posted lead as {key: text}; what is neither text, number nor boolean is left out.';
revoke all on function engine.flatten_lead(jsonb) from public;

-- sql/40_functions/leads/ingest_lead.sql
-- A lead by RPC: {phone, first_name, …} in any spelling of the keys. The lead is in its list when this
-- returns, and due in the campaigns that enroll from it. One that cannot be called is refused with
-- every reason, and nothing of it is kept: whoever sent it has it.
create or replace function public.ingest_lead(
  p_list_id uuid,
  p_lead jsonb,
  p_source text default 'api',
  p_external_id text default null,
  p_urgency text default 'normal'
)
returns jsonb
language plpgsql
security definer -- writes tables that no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_lead_list(p_list_id, 'operator'); -- engine.require_role
  v_issues jsonb := '[]'::jsonb;
  v_is_duplicate boolean;
  v_taken public.leads;
begin
  if p_lead is null or jsonb_typeof(p_lead) <> 'object' then
    v_issues := v_issues || engine.issue('lead_malformed', 'p_lead', 'The lead must be an object such as {"phone": "…", "first_name": "…"}.');
  end if;
  if coalesce(length(btrim(p_source)), 0) not between 1 and 100 then
    v_issues := v_issues || engine.issue('source_length', 'p_source', 'The source must have 1 to 100 characters.');
  end if;
  if length(btrim(p_external_id)) not between 1 and 200 then
    v_issues := v_issues || engine.issue('external_id_length', 'p_external_id', 'The id must have 1 to 200 characters.');
  end if;
  if p_urgency is null or p_urgency <> all(enum_range(null::public.lead_urgency)::text[]) then
    v_issues := v_issues || engine.issue('urgency_unknown', 'p_urgency', format(
      'The urgency must be one of %s.', array_to_string(enum_range(null::public.lead_urgency), ', ')
    ));
  end if;
  perform engine.refuse_issues(v_issues, 'The lead');
  select t.is_duplicate, t.lead_id into v_is_duplicate, v_taken.id
  from engine.take_lead(
    v_list, p_source, coalesce(btrim(p_external_id), engine.lead_id_of(engine.flatten_lead(p_lead))),
    p_urgency::public.lead_urgency, engine.flatten_lead(p_lead)
  ) as t;
  select l.* into v_taken from public.leads as l where l.team_id = v_list.team_id and l.id = v_taken.id;
  if v_taken.status = 'REJECTED' then
    perform engine.refuse_issues(v_taken.problems, 'The lead');
  end if;
  return engine.describe_lead(v_taken, v_is_duplicate);
end
$$;
comment on function public.ingest_lead(uuid, jsonb, text, text, text) is
'Takes a lead {phone, …} into a speed-to-lead list: {lead_id, contact_id, status, is_duplicate, problems, campaigns[…], …}. '
'Known by source and external id, else by number and day. OB001 with every problem.';
revoke all on function public.ingest_lead(uuid, jsonb, text, text, text) from public;
grant execute on function public.ingest_lead(uuid, jsonb, text, text, text) to authenticated, service_role;

-- sql/40_functions/leads/lead_hash.sql
-- What makes two leads the same: their source and its id for them, or their number and the team's day.
create or replace function engine.lead_hash(
  p_team_id uuid, p_source text, p_external_id text, p_phone text, p_received_at timestamptz
)
returns bytea
language sql
stable
set search_path = ''
as $$
  select sha256(convert_to(
    case
      when p_external_id is not null then concat_ws('|', 'lead', lower(p_source), p_external_id)
      -- without a number either there is nothing to compare: each such lead stands for itself
      else concat_ws('|', 'lead of', coalesce(p_phone, engine.new_id()::text), (p_received_at at time zone t.timezone)::date)
    end, 'UTF8'
  ))
  from public.teams as t
  where t.id = p_team_id
$$;
comment on function engine.lead_hash(uuid, text, text, text, timestamptz) is 'SHA-256 of what makes two leads of a team the same.';
revoke all on function engine.lead_hash(uuid, text, text, text, timestamptz) from public;

-- sql/40_functions/leads/lead_id_of.sql
-- The id that a lead has at its source, by the names that sources give it.
create or replace function engine.lead_id_of(p_lead jsonb)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select left(btrim(f.value), 200)
  from jsonb_each_text(p_lead) as f
  inner join unnest(array['external_id', 'externalid', 'lead_id', 'leadid', 'leadgen_id', 'id']) with ordinality as n (name, rank)
    on replace(lower(f.key), '-', '_') = n.name
  where btrim(f.value) <> ''
  order by n.rank
  limit 1
$$;
comment on function engine.lead_id_of(jsonb) is 'The source''s id in a flat lead; null when it has none.';
revoke all on function engine.lead_id_of(jsonb) from public;

-- sql/40_functions/leads/lead_problems.sql
-- The issues of a checked lead in the words of OB001's detail.
create or replace function engine.lead_problems(p_issues jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(
    engine.issue(
      p.code, concat_ws('.', 'p_lead', nullif(i.issue ->> 'field', '')), p.message, p.severity,
      jsonb_build_object('value', i.issue ->> 'value')
    ) order by i.place
  ), '[]')
  from jsonb_array_elements(coalesce(p_issues, '[]')) with ordinality as i (issue, place)
  inner join reference.import_problems as p on i.issue ->> 'code' = p.code
$$;
comment on function engine.lead_problems(jsonb) is 'Issues of a checked row as [{code, severity, path, message, value}].';
revoke all on function engine.lead_problems(jsonb) from public;

-- sql/40_functions/leads/lead_run.sql
-- The run of the day that a lead belongs to, or the id that it will have. A run that succeeded stays so:
-- from the first lead that was rejected on, the day has another one.
create or replace function engine.lead_run(p_list public.audience_lists, p_is_rejected boolean)
returns uuid
language sql
stable
set search_path = ''
as $$
  select coalesce(
    (
      select r.id
      from public.audience_runs as r
      inner join public.teams as t on r.team_id = t.id
      where r.team_id = p_list.team_id and r.list_id = p_list.id and r.source = 'speed_to_lead'
        and (r.status = 'PARTIAL' or not p_is_rejected)
        and (r.created_at at time zone t.timezone)::date = (engine.now() at time zone t.timezone)::date
      order by r.id desc
      limit 1
    ),
    engine.new_id()
  )
$$;
comment on function engine.lead_run(public.audience_lists, boolean) is 'Id of the run that counts a list''s leads of today.';
revoke all on function engine.lead_run(public.audience_lists, boolean) from public;

-- sql/40_functions/leads/list_lead_endpoints.sql
-- The addresses of a list, newest first.
create or replace function public.list_lead_endpoints(p_list_id uuid)
returns jsonb
language plpgsql
stable
security definer -- reads the engine's table for a caller who was checked
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'viewer'); -- engine.require_role
begin
  return (
    select coalesce(jsonb_agg(engine.describe_lead_endpoint(e) order by e.id desc), '[]')
    from engine.lead_endpoints as e
    where e.team_id = v_list.team_id and e.list_id = v_list.id
  );
end
$$;
comment on function public.list_lead_endpoints(uuid) is 'The addresses for leads of a list: [{endpoint_id, list_id, source, created_at, revoked_at}].';
revoke all on function public.list_lead_endpoints(uuid) from public;
grant execute on function public.list_lead_endpoints(uuid) to authenticated, service_role;

-- sql/40_functions/leads/receive_lead.sql
-- A lead that another system posts, for whoever shows a token: the receiver has hashed it. A lead that
-- cannot be called is kept as REJECTED, because nobody at the other end reads an answer. No row: no such
-- token.
create or replace function engine.receive_lead(p_token_hash text, p_lead jsonb)
returns jsonb
language plpgsql
security definer -- the receiver may read and write no table
set search_path = ''
as $$
declare
  v_endpoint engine.lead_endpoints;
  v_list public.audience_lists;
  v_lead jsonb := engine.flatten_lead(p_lead);
  v_urgency text := lower(btrim(coalesce(v_lead ->> 'urgency', v_lead ->> 'priority')));
  v_is_duplicate boolean;
  v_taken public.leads;
begin
  select e.* into v_endpoint
  from engine.lead_endpoints as e
  where e.token_hash = decode(p_token_hash, 'hex') and e.revoked_at is null;
  if v_endpoint.id is null then
    return null;
  end if;
  select l.* into v_list
  from public.audience_lists as l
  where l.team_id = v_endpoint.team_id and l.id = v_endpoint.list_id;
  select t.is_duplicate, t.lead_id into v_is_duplicate, v_taken.id
  from engine.take_lead(
    v_list, v_endpoint.source, engine.lead_id_of(v_lead),
    case when v_urgency = any(enum_range(null::public.lead_urgency)::text[]) then v_urgency else 'normal' end::public.lead_urgency,
    v_lead
  ) as t;
  select l.* into v_taken from public.leads as l where l.team_id = v_list.team_id and l.id = v_taken.id;
  return engine.describe_lead(v_taken, v_is_duplicate);
end
$$;
comment on function engine.receive_lead(text, jsonb) is
'Takes the lead that a system posted for the endpoint of a token (SHA-256, hex), as ingest_lead describes it; null when there is none.';
revoke all on function engine.receive_lead(text, jsonb) from public;
grant execute on function engine.receive_lead(text, jsonb) to outbound_worker;

-- sql/40_functions/leads/require_lead_list.sql
-- A list that takes leads: of the caller's team, for speed to lead, and not archived.
create or replace function engine.require_lead_list(p_list_id uuid, p_needs public.team_role)
returns public.audience_lists
language plpgsql
stable
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, p_needs);
begin
  if v_list.source <> 'speed_to_lead' then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'source_takes_no_leads', 'p_list_id', format('The list is filled from %s, not by leads.', v_list.source)
    )), 'The list');
  end if;
  if v_list.status = 'ARCHIVED' then
    perform engine.refuse(
      'OB003', 'The list is archived.',
      jsonb_build_object('entity', 'audience_list', 'id', v_list.id, 'status', v_list.status), 'Unarchive it first.'
    );
  end if;
  return v_list;
end
$$;
comment on function engine.require_lead_list(uuid, public.team_role) is 'A list that takes leads; OB001, OB003, OB004 or OB008 otherwise.';
revoke all on function engine.require_lead_list(uuid, public.team_role) from public;

-- sql/40_functions/leads/revoke_lead_endpoint.sql
-- From here on nobody gets in with the endpoint's token.
create or replace function public.revoke_lead_endpoint(p_endpoint_id uuid)
returns jsonb
language plpgsql
security definer -- writes the engine's table, which no role may write
set search_path = ''
as $$
declare
  v_endpoint engine.lead_endpoints;
begin
  select e.* into v_endpoint
  from engine.lead_endpoints as e
  where e.id = p_endpoint_id and e.team_id = any(engine.caller_team_ids());
  if v_endpoint.id is null then
    perform engine.refuse_not_found('lead_endpoint', p_endpoint_id);
  end if;
  perform engine.require_role(v_endpoint.team_id, 'admin');
  update engine.lead_endpoints as e
  set revoked_at = coalesce(e.revoked_at, engine.now())
  where e.team_id = v_endpoint.team_id and e.id = v_endpoint.id
  returning e.* into v_endpoint;
  return engine.describe_lead_endpoint(v_endpoint);
end
$$;
comment on function public.revoke_lead_endpoint(uuid) is 'Closes an address for leads, for good: {endpoint_id, list_id, source, created_at, revoked_at}.';
revoke all on function public.revoke_lead_endpoint(uuid) from public;
grant execute on function public.revoke_lead_endpoint(uuid) to authenticated, service_role;

-- sql/40_functions/leads/store_lead.sql
-- Makes an accepted lead a member of its list, unless the list leaves the person out. Jobs that its
-- campaigns make go before others when it is urgent.
create or replace function engine.store_lead(
  p_list public.audience_lists, p_lead_id uuid, p_row engine.checked_rows, p_urgency public.lead_urgency
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_contact_id uuid;
begin
  insert into engine.checked_rows select (p_row).*;
  if engine.mark_excluded(p_row.team_id, p_row.run_id, p_list.exclusions) = 0 then
    perform engine.store_run(p_row.team_id, p_row.run_id, p_list.id);
    select c.id into v_contact_id from public.contacts as c where c.team_id = p_row.team_id and c.phone = p_row.phone;
  end if;
  update public.leads as l
  set
    status = case when v_contact_id is null then 'EXCLUDED' else 'ACCEPTED' end::public.lead_status,
    contact_id = v_contact_id,
    problems = (
      select engine.lead_problems(k.issues) from engine.checked_rows as k
      where k.team_id = p_row.team_id and k.run_id = p_row.run_id and k.row_number = p_row.row_number
    )
  where l.team_id = p_list.team_id and l.id = p_lead_id;
  delete from engine.checked_rows as k
  where k.team_id = p_row.team_id and k.run_id = p_row.run_id and k.row_number = p_row.row_number;
  update engine.jobs as j
  set priority = least(j.priority, engine.urgency_priority(p_urgency))
  from public.campaigns as c
  where j.team_id = p_list.team_id and j.contact_id = v_contact_id and j.status = 'READY'
    and c.team_id = j.team_id and c.id = j.campaign_id and c.list_id = p_list.id and c.is_continuous
    and j.priority > engine.urgency_priority(p_urgency);
end
$$;
comment on function engine.store_lead(public.audience_lists, uuid, engine.checked_rows, public.lead_urgency) is
'Stores the contact and membership of a lead, or that it was excluded.';
revoke all on function engine.store_lead(public.audience_lists, uuid, engine.checked_rows, public.lead_urgency) from public;

-- sql/40_functions/leads/take_lead.sql
-- The one way a lead comes in, whoever brings it: checked as a row of a file is, known by its source and
-- id, stored with what was wrong, and a member of its list, whose continuous campaigns enroll it in this
-- same transaction.
create or replace function engine.take_lead(
  p_list public.audience_lists, p_source text, p_external_id text, p_urgency public.lead_urgency, p_lead jsonb
)
returns table (lead_id uuid, is_duplicate boolean)
language plpgsql
set search_path = ''
as $$
declare
  -- staged under an id of its own, as if the lead were a run
  v_row engine.checked_rows := engine.check_lead(p_list.team_id, engine.new_id(), p_lead);
  v_hash bytea := engine.lead_hash(p_list.team_id, p_source, p_external_id, v_row.phone, engine.now());
  v_status public.lead_status;
  v_was_member boolean;
begin
  lead_id := engine.new_id();
  v_was_member := exists (
    select from public.contacts as c
    inner join public.audience_members as m on c.team_id = m.team_id and c.id = m.contact_id
    where c.team_id = p_list.team_id and c.phone = v_row.phone and m.list_id = p_list.id
  );
  -- Whoever brings the same lead at this moment waits here, and finds it. It is stored as rejected until
  -- it has a contact.
  insert into public.leads (team_id, id, list_id, source, external_id, urgency, status, problems, dedupe_hash)
  values (
    p_list.team_id, lead_id, p_list.id, btrim(p_source), p_external_id, p_urgency, 'REJECTED',
    engine.lead_problems(v_row.issues), v_hash
  )
  on conflict on constraint leads_are_not_duplicates do nothing;
  is_duplicate := not found;
  if not is_duplicate and v_row.verdict = 'accepted' then
    perform engine.store_lead(p_list, lead_id, v_row, p_urgency);
  end if;
  select l.id, l.status into lead_id, v_status
  from public.leads as l
  where l.team_id = p_list.team_id and l.dedupe_hash = v_hash;
  perform engine.count_lead(p_list, v_status, is_duplicate, v_was_member);
  return next;
end
$$;
comment on function engine.take_lead(public.audience_lists, text, text, public.lead_urgency, jsonb) is
'Takes a flat lead into a list: the id that it is stored under, and whether it was there before.';
revoke all on function engine.take_lead(public.audience_lists, text, text, public.lead_urgency, jsonb) from public;

-- sql/40_functions/leads/urgency_priority.sql
-- How urgent a lead's jobs are among all that is due: lowest goes first, campaigns have 1 to 1000.
create or replace function engine.urgency_priority(p_urgency public.lead_urgency)
returns smallint
language sql
immutable
parallel safe
set search_path = ''
as $$ select case p_urgency when 'emergency' then 0 when 'high' then 1 else 1000 end::smallint $$;
comment on function engine.urgency_priority(public.lead_urgency) is 'The highest number that the priority of a lead''s jobs may have.';
revoke all on function engine.urgency_priority(public.lead_urgency) from public;

-- sql/40_functions/phone/is_fictitious.sql
-- North American numbers reserved for fiction: 555-0100 to 555-0199 in any area code.
create or replace function engine.is_fictitious(p_phone text)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select p_phone ~ '^\+1[2-9][0-9]{2}55501[0-9]{2}$'
$$;
comment on function engine.is_fictitious(text) is 'Whether an E.164 number is reserved for fiction.';
revoke all on function engine.is_fictitious(text) from public;

-- sql/40_functions/phone/judge_phones.sql
-- The rule itself: which digits are a number that may be dialled. North American numbers need an
-- assigned area code and a possible exchange; others need a plus and a possible length.
create or replace function engine.judge_phones(
  p_ordinals bigint[], p_digits text[], p_has_plus boolean[], p_country text, p_allow_fictitious boolean
)
returns table (ordinal bigint, phone text, is_fictitious boolean, problem text)
language sql
stable
parallel safe
set search_path = ''
as $$
  with home as (
    select p_country = any(countries) as is_nanp from reference.calling_codes where calling_code = '1'
  ),
  dialled as (
    -- what follows the +, or the prefix that is dialled instead of it
    select
      d.ordinal,
      d.digits,
      case
        when d.has_plus then d.digits
        when h.is_nanp and d.digits like '011%' then substr(d.digits, 4)
        when d.digits like '00%' and length(d.digits) > 10 then substr(d.digits, 3)
        when h.is_nanp and length(d.digits) = 11 and d.digits like '1%' then d.digits
        when h.is_nanp then '1' || d.digits
      end as full_digits
    from unnest(p_ordinals, p_digits, p_has_plus) as d (ordinal, digits, has_plus)
    cross join home as h
  ),
  american as (
    select
      d.ordinal,
      '+' || d.full_digits as phone,
      substr(d.full_digits, 5, 3) = '555' and substr(d.full_digits, 8, 2) = '01' as is_fictitious,
      case
        when d.full_digits = '1' || d.digits and d.digits like '0%' and d.digits not like '00%'
          then 'phone_needs_plus'
        when length(d.full_digits) = 8 then 'phone_without_area_code'
        when length(d.full_digits) < 11 then 'phone_too_short'
        when length(d.full_digits) > 11 then 'phone_too_long'
        when a.area_code is null then 'phone_area_code_unassigned'
        when substr(d.full_digits, 5, 1) in ('0', '1') or substr(d.full_digits, 6, 2) = '11'
          then 'phone_exchange_impossible'
        when a.kind = 'premium' then 'phone_premium_rate'
        when substr(d.full_digits, 5, 3) = '555' and substr(d.full_digits, 8, 2) = '01' and not p_allow_fictitious
          then 'phone_fictitious'
      end as problem
    from dialled as d
    left join reference.area_codes as a on substr(d.full_digits, 2, 3) = a.area_code
    where d.full_digits like '1%'
  ),
  coded as (
    -- no calling code begins with another one, so at most one of the three is found
    select
      d.ordinal,
      d.digits,
      d.full_digits,
      coalesce(c1.calling_code, c2.calling_code, c3.calling_code) as calling_code,
      coalesce(c1.lengths, c2.lengths, c3.lengths) as lengths,
      coalesce(c1.trunk_prefix, c2.trunk_prefix, c3.trunk_prefix) as trunk_prefix
    from dialled as d
    left join reference.calling_codes as c1 on substr(d.full_digits, 1, 1) = c1.calling_code
    left join reference.calling_codes as c2 on substr(d.full_digits, 1, 2) = c2.calling_code
    left join reference.calling_codes as c3 on substr(d.full_digits, 1, 3) = c3.calling_code
    where d.full_digits is null or d.full_digits not like '1%'
  ),
  abroad as (
    select
      c.ordinal,
      c.digits,
      c.full_digits,
      c.calling_code,
      c.lengths,
      case
        when n.national like c.trunk_prefix || '%' and length(n.national) - 1 = any(c.lengths)
          then substr(n.national, 2)
        else n.national
      end as national
    from coded as c
    cross join lateral (values (substr(c.full_digits, length(c.calling_code) + 1))) as n (national)
  )
  select
    ordinal,
    case when problem is null then phone end,
    is_fictitious and coalesce(problem, 'phone_fictitious') = 'phone_fictitious',
    problem
  from american
  union all
  select
    ordinal,
    case when p.problem is null then '+' || calling_code || national end,
    false,
    p.problem
  from abroad
  cross join lateral (
    select case
      when full_digits is null then 'phone_needs_plus'
      when calling_code is null then 'phone_country_unknown'
      when length(calling_code || national) not between 7 and 15 or not length(national) = any(lengths)
        then 'phone_length_impossible'
    end
  ) as p (problem)
$$;
comment on function engine.judge_phones(bigint[], text[], boolean[], text, boolean) is
'Judges digits: (the ordinal that came with them, E.164 or null, whether reserved for fiction, why not).';
revoke all on function engine.judge_phones(bigint[], text[], boolean[], text, boolean) from public;

-- sql/40_functions/phone/parse_phone.sql
-- One cell; sets go to engine.parse_phones, which is the same rule.
create or replace function engine.parse_phone(p_raw text, p_country text, p_allow_fictitious boolean)
returns table (phone text, phone_extension text, is_fictitious boolean, problem text, others text[])
language sql
stable
parallel safe
set search_path = ''
as $$
  select p.phone, p.phone_extension, p.is_fictitious, p.problem, p.others
  from engine.parse_phones(array[p_raw], p_country, p_allow_fictitious) as p
$$;
comment on function engine.parse_phone(text, text, boolean) is
'Parses one cell with a country as default region: (E.164 or null, extension, whether reserved for fiction, problem code or null, other numbers as written).';
revoke all on function engine.parse_phone(text, text, boolean) from public;

-- sql/40_functions/phone/parse_phones.sql
-- The one way from what somebody wrote to a number that may be dialled, for whole sets at once: the
-- builder of lists, ServiceTitan, leads and webhooks all come here. A million cells must pass in
-- seconds, so the usual spellings (digits and ASCII punctuation) skip the taking apart.
create or replace function engine.parse_phones(p_raws text[], p_country text, p_allow_fictitious boolean)
returns table (
  ordinal bigint, phone text, phone_extension text, is_fictitious boolean, problem text, others text[]
)
language sql
stable
parallel safe
set search_path = ''
as $$
  with cells as materialized (
    select
      r.ordinal,
      r.raw,
      translate(r.raw, ' ()-.', '') as bare,
      -- longer than any number is two numbers; .0 is what data frames append
      translate(r.raw, ' ()-.', '') ~ '^[+]?[0-9]{1,16}$' and r.raw not like '%.0' as is_plain
    from unnest(p_raws) with ordinality as r (raw, ordinal)
  ),
  odd as (
    select array_agg(c.ordinal) as ordinals, array_agg(c.raw) as raws
    from cells as c
    where not c.is_plain and btrim(c.raw, E' \t\r\n') <> ''
  ),
  pieces as materialized (
    select row_number() over () as piece, s.*
    from odd as o
    cross join lateral engine.split_phone_cells(o.ordinals, o.raws) as s
  ),
  ranked as (
    -- the first valid number is used; when none is, the first that looks like one says why
    select
      p.ordinal,
      p.place,
      p.written,
      p.extension,
      j.is_fictitious,
      case when p.problem is null then j.phone end as phone,
      coalesce(p.problem, j.problem) as problem,
      row_number() over (
        partition by p.ordinal
        order by (coalesce(p.problem, j.problem) is not null), (length(p.digits) < 7), p.place
      ) as rank
    from (
      select array_agg(p.piece) as pieces, array_agg(p.digits) as digits, array_agg(p.has_plus) as has_plus
      from pieces as p
    ) as a
    cross join lateral engine.judge_phones(a.pieces, a.digits, a.has_plus, p_country, p_allow_fictitious) as j
    inner join pieces as p on j.ordinal = p.piece
  ),
  chosen as (
    select
      r.ordinal,
      min(r.phone) filter (where r.rank = 1) as phone,
      min(r.extension) filter (where r.rank = 1) as extension,
      bool_or(r.is_fictitious and r.problem is null) filter (where r.rank = 1) as is_fictitious,
      min(r.problem) filter (where r.rank = 1) as problem,
      array_agg(r.written order by r.place) filter (where r.rank > 1 and r.is_other) as others
    from (
      select
        r.*,
        r.phone is null or r.phone is distinct from first_value(r.phone) over (partition by r.ordinal order by r.rank) as is_other
      from ranked as r
    ) as r
    group by r.ordinal
  )
  select j.ordinal, j.phone, null::text, j.is_fictitious, j.problem, '{}'::text[]
  from (
    select array_agg(c.ordinal) as ordinals, array_agg(ltrim(c.bare, '+')) as digits, array_agg(c.bare like '+%') as has_plus
    from cells as c
    where c.is_plain
  ) as a
  cross join lateral engine.judge_phones(a.ordinals, a.digits, a.has_plus, p_country, p_allow_fictitious) as j
  union all
  select
    c.ordinal,
    h.phone,
    h.extension,
    coalesce(h.is_fictitious, false),
    case
      when h.ordinal is not null then h.problem
      when btrim(c.raw, E' \t\r\n') <> '' then 'phone_not_a_number'
      else 'phone_missing'
    end,
    coalesce(h.others, '{}')
  from cells as c
  left join chosen as h on c.ordinal = h.ordinal
  where c.is_plain is not true
$$;
comment on function engine.parse_phones(text[], text, boolean) is
'Parses cells: for each (ordinal, E.164 or null, extension, whether reserved for fiction, problem code or null, other numbers of the cell as written).';
revoke all on function engine.parse_phones(text[], text, boolean) from public;

-- sql/40_functions/phone/resolve_zones.sql
-- Where people may be, for whole sets: a stated zone, else the ZIP code of their address, else the
-- area code or country. Unknown is empty, and empty is never called. States of the address and of the
-- area code both count, because the rules of both may apply.
create or replace function engine.resolve_zones(p_phones text[], p_stated text[], p_postal_codes text[])
returns table (ordinal bigint, stated_timezone text, timezones text[], regions text[])
language sql
stable
parallel safe
set search_path = ''
as $$
  with asked as (
    select
      r.ordinal,
      ltrim(r.phone, '+') as digits,
      case
        when r.stated like '(%' or r.stated like '% (%'
          then lower(btrim(regexp_replace(r.stated, '\([^)]*\)', '', 'g')))
        else lower(btrim(r.stated))
      end as spelling,
      case
        when r.postal_code ~ '^[0-9]{5}' then left(r.postal_code, 3)
        when r.postal_code ~ '^[0-9]{3,4}$' then left(lpad(r.postal_code, 5, '0'), 3) -- a spreadsheet ate the zeros
      end as prefix
    from unnest(p_phones, p_stated, p_postal_codes) with ordinality as r (phone, stated, postal_code, ordinal)
  )
  select
    r.ordinal,
    z.timezone,
    case
      when z.timezone is not null then array[z.timezone]
      when p.timezones is not null then p.timezones
      when a.timezones <> '{}' then a.timezones
      when r.digits is null then '{}'
      -- few numbers come here, so they may look the code up one by one; no code begins with another one
      else coalesce((
        select c.timezones from reference.calling_codes as c
        where c.calling_code in (substr(r.digits, 1, 1), substr(r.digits, 1, 2), substr(r.digits, 1, 3))
      ), '{}')
    end,
    case
      when p.regions is null or p.regions <@ a.regions then coalesce(a.regions, '{}')
      when a.regions is null or a.regions <@ p.regions then p.regions
      else array(select distinct u.region from unnest(p.regions || a.regions) as u (region) order by u.region)
    end
  from asked as r
  left join reference.timezones as z on r.spelling = z.spelling
  left join reference.area_codes as a on r.digits like '1%' and substr(r.digits, 2, 3) = a.area_code
  left join reference.postal_prefixes as p on r.prefix = p.prefix and r.digits like '1%'
$$;
comment on function engine.resolve_zones(text[], text[], text[]) is
'For each number with its stated zone and postal code: (ordinal, stated zone if it is one, every zone the person may be in, regions whose rules apply).';
revoke all on function engine.resolve_zones(text[], text[], text[]) from public;

-- sql/40_functions/phone/split_phone_cells.sql
-- A cell of a contact file is often more than a number: a label, an extension, two numbers, an Excel
-- wrapper, dashes and digits of other scripts. This takes such cells apart; what it hands on is digits
-- with or without a plus, for engine.parse_phones to judge. Plain spellings never come here.
create or replace function engine.split_phone_cells(p_ordinals bigint[], p_raws text[])
returns table (ordinal bigint, place bigint, written text, has_plus boolean, digits text, extension text, problem text)
language sql
immutable
parallel safe
set search_path = ''
as $$
  with normal as (
    -- one script, one kind of dash and space, nothing invisible, no ="…" and no leading apostrophe
    select
      r.ordinal,
      regexp_replace(
        btrim(
          translate(
            normalize(r.raw, nfkc),
            U&'\0660\0661\0662\0663\0664\0665\0666\0667\0668\0669\06F0\06F1\06F2\06F3\06F4\06F5\06F6\06F7\06F8\06F9\0966\0967\0968\0969\096A\096B\096C\096D\096E\096F\2010\2011\2012\2013\2014\2015\2212\30FC\00AD\200B\200C\200D\200E\200F\202A\202B\202C\202D\202E\2060\2066\2067\2068\2069\FEFF',
            '012345678901234567890123456789--------'
          ),
          E' \t''`'
        ),
        '^=?\s*"\s*(.*?)\s*"$', '\1'
      ) as cell
    from unnest(p_ordinals, p_raws) as r (ordinal, raw)
  ),
  rounded as (
    select
      ordinal,
      -- 2125550123.0: a number that went through a data frame
      regexp_replace(cell, '^(\+?[0-9]+)\.0+$', '\1') as cell,
      cell ~ '^[0-9]([.,][0-9]+)?[eE]\+?[0-9]{1,2}$' as is_rounded
    from normal
  ),
  pieces as (
    select
      r.ordinal,
      r.is_rounded,
      p.place,
      btrim(p.piece) as written,
      -- labels such as "Cell:", "(h)" or "tel:"
      btrim(regexp_replace(
        lower(p.piece),
        '\m(?:telephone|tel|phone|ph|number|no|cell|cellular|mobile|mob|home|work|office|main|direct|c|h|w|m|o|p|t)\M[.:)#]*'
        '|^[ (]+(?=[ (]*$)', ' ', 'g'
      )) as piece
    from rounded as r
    cross join lateral regexp_split_to_table(
      case
        when r.is_rounded then r.cell
        else regexp_replace(
          regexp_replace(r.cell, '[,;]\s*(?=;?(?:x|ext))', ' ', 'gi'),
          -- two whole numbers with nothing but space between them
          '([0-9]{4})\s+(?=(?:\+?1[-. ]?)?\(?[2-9][0-9]{2}\)?[-. ]?[0-9]{3}[-. ]?[0-9]{4}\M)', '\1;', 'g'
        )
      end,
      case when r.is_rounded then '\Z\A' else '\s*(?:[/;,|&\n\r]|\m(?:or|and|y|und|oder|ou)\M)\s*' end,
      'i'
    ) with ordinality as p (piece, place)
  ),
  extended as (
    select
      p.ordinal,
      p.is_rounded,
      p.place,
      p.written,
      btrim(regexp_replace(coalesce(m.parts[1], p.piece), '^\((?=[^)]*$)', '')) as number,
      m.parts[2] as extension
    from pieces as p
    left join lateral regexp_match(
      p.piece, '^(.*?[0-9)])[\s(,;-]*(?:ext(?:ension|n)?|xtn?|x|#)[\s.:=#]*([0-9]{1,9})[\s)]*$'
    ) as m (parts) on true
    -- an e-mail address may hold digits; a piece without any is a word
    where p.is_rounded or (p.piece ~ '[0-9]' and p.piece !~ '@')
  )
  select
    e.ordinal,
    e.place,
    e.written,
    e.number like '+%' or e.number like '(+%',
    translate(e.number, '+ ()-.[]', ''),
    e.extension,
    case
      when e.is_rounded then 'phone_scientific_notation'
      when e.number !~ '^[(\[]*\+?[-0-9 ().\[\]]+$' then 'phone_not_a_number'
    end
  from extended as e
$$;
comment on function engine.split_phone_cells(bigint[], text[]) is
'Takes cells apart into numbers: (the ordinal that came with the cell, place in it, as written, has_plus, digits, extension, problem).';
revoke all on function engine.split_phone_cells(bigint[], text[]) from public;

-- sql/40_functions/phone/zones_for.sql
-- One person; sets go to engine.resolve_zones, which is the same rule.
create or replace function engine.zones_for(
  p_phone text, p_stated_timezone text default null, p_postal_code text default null
)
returns table (timezones text[], regions text[])
language sql
stable
parallel safe
set search_path = ''
as $$
  select z.timezones, z.regions
  from engine.resolve_zones(array[p_phone], array[p_stated_timezone], array[p_postal_code]) as z
$$;
comment on function engine.zones_for(text, text, text) is
'Every zone that the owner of an E.164 number may be in, and the regions whose rules apply; no zone means unknown.';
revoke all on function engine.zones_for(text, text, text) from public;

-- sql/40_functions/refresh/check_fetched_rows.sql
-- Checks the staged rows of a refresh and counts them by what becomes of them.
create or replace function engine.check_fetched_rows(p_run public.audience_runs)
returns public.audience_runs
language plpgsql
set search_path = ''
as $$
declare
  v_run public.audience_runs := p_run;
begin
  perform engine.check_run(v_run.team_id, v_run.id);
  perform engine.mark_duplicates(v_run.team_id, v_run.id);
  v_run.excluded_count := engine.mark_excluded(v_run.team_id, v_run.id, engine.exclusions_of_run(v_run));
  select count(*), count(*) filter (where c.verdict = 'rejected'), count(*) filter (where c.verdict = 'duplicate')
  into v_run.fetched_count, v_run.rejected_count, v_run.duplicate_count
  from engine.checked_rows as c
  where c.team_id = v_run.team_id and c.run_id = v_run.id;
  v_run.warning_count := engine.record_run_errors(v_run);
  return v_run;
end
$$;
comment on function engine.check_fetched_rows(public.audience_runs) is 'The run with the counts of its checked rows.';
revoke all on function engine.check_fetched_rows(public.audience_runs) from public;

-- sql/40_functions/refresh/describe_subject.sql
-- What a worker needs to know to fetch for a run or a preview: what is asked for, with its windows as
-- moments, seen from when it was begun, however often it is taken up again.
create or replace function engine.describe_subject(
  p_team_id uuid, p_status public.run_status, p_source public.audience_source, p_definition jsonb, p_at timestamptz
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'status', p_status, 'source', p_source, 'definition', p_definition,
    'feeds', (
      select jsonb_agg(f.feed order by f.place)
      from (
        values (1, 'customers', null), (2, 'contacts', null), (3, 'locations', null), (4, 'memberships', 'membership'),
        (5, 'recurring_services', 'service_event'), (6, 'service_events', 'service_event')
      ) as f (place, feed, kind)
      where f.kind is null or p_source = 'servicetitan' and exists (
        select from engine.definition_nodes(p_definition) as n where n.node ? f.kind
      )
    ),
    'conditions', case when p_source = 'servicetitan' then coalesce(
      (
        select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
          'kind', c.kind, 'statuses', to_jsonb(c.words), 'job_types', to_jsonb(c.job_types),
          'business_units', to_jsonb(c.business_units), 'campaigns', to_jsonb(c.campaigns),
          'tags_any', to_jsonb(c.tags_any), 'unused', c.unused,
          'created_from', lower(c.created), 'created_before', upper(c.created),
          'completed_from', lower(c.completed), 'completed_before', upper(c.completed),
          'starts_from', lower(c.starts), 'starts_before', upper(c.starts)
        )))
        from public.teams as t
        cross join lateral engine.read_conditions(p_definition, t.timezone, p_at) as c
        where t.id = p_team_id and c.kind in ('job', 'appointment')
      ), '[]'
    ) else '[]' end
  )
$$;
comment on function engine.describe_subject(uuid, public.run_status, public.audience_source, jsonb, timestamptz) is
'{status, source, definition, feeds[], conditions[]}: the feeds that must be up to date, and the conditions on jobs and '
'appointments, which are asked of the API.';
revoke all on function engine.describe_subject(uuid, public.run_status, public.audience_source, jsonb, timestamptz) from public;

-- sql/40_functions/refresh/end_preview.sql
-- The end of a preview, with its result or with why there is none.
create or replace function engine.end_preview(
  p_team_id uuid, p_preview_id uuid, p_result jsonb, p_code text default null, p_message text default null
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform engine.forget_subject(p_team_id, p_preview_id);
  update engine.audience_previews as p
  set
    status = case when p_result is null then 'FAILED' else 'SUCCEEDED' end::public.run_status,
    result = p_result, waits_for = null, ended_at = engine.now(),
    failure_code = case when p_result is null then coalesce(p_code, 'unknown') end,
    failure_message = case when p_result is null then coalesce(p_message, 'No reason was given.') end
  where p.team_id = p_team_id and p.id = p_preview_id and p.status in ('QUEUED', 'RUNNING');
end
$$;
comment on function engine.end_preview(uuid, uuid, jsonb, text, text) is 'Ends an open preview and empties its staging.';
revoke all on function engine.end_preview(uuid, uuid, jsonb, text, text) from public;

-- sql/40_functions/refresh/finish_preview.sql
-- What a refresh would do up to the point where it would store: the same rows, the same checks, counted,
-- and the first twenty shown.
create or replace function engine.finish_preview(p_team_id uuid, p_preview_id uuid)
returns void
language plpgsql
security definer -- workers may write no table
set search_path = ''
set jit = off
as $$
declare
  v_preview engine.audience_previews;
begin
  select p.* into v_preview
  from engine.audience_previews as p
  where p.team_id = p_team_id and p.id = p_preview_id and p.status = 'RUNNING'
  for update;
  if v_preview.id is null then
    return;
  end if;
  perform engine.stage_subject(p_team_id, p_preview_id, v_preview.source, v_preview.definition, v_preview.started_at);
  perform engine.check_run(p_team_id, p_preview_id);
  perform engine.mark_duplicates(p_team_id, p_preview_id);
  perform engine.mark_excluded(p_team_id, p_preview_id, v_preview.exclusions);
  perform engine.end_preview(p_team_id, p_preview_id, (
    select jsonb_build_object(
      'count', count(*) filter (where c.verdict = 'accepted'),
      'counts', jsonb_build_object(
        'fetched', count(*), 'rejected', count(*) filter (where c.verdict = 'rejected'),
        'duplicate', count(*) filter (where c.verdict = 'duplicate'),
        'excluded', count(*) filter (where c.verdict = 'excluded')
      ),
      'sample', engine.preview_sample(p_team_id, p_preview_id)
    )
    from engine.checked_rows as c
    where c.team_id = p_team_id and c.run_id = p_preview_id
  ));
end
$$;
comment on function engine.finish_preview(uuid, uuid) is 'Counts and shows what a running preview fetched, and ends it.';
revoke all on function engine.finish_preview(uuid, uuid) from public;
grant execute on function engine.finish_preview(uuid, uuid) to outbound_worker;

-- sql/40_functions/refresh/finish_refresh.sql
-- The end of a refresh, in one transaction: whom the source names is checked like the rows of a file, then
-- the list is made to hold just those. It fails, and the list stays, when the source gave nothing at all,
-- which is more likely a fault than a fact, and when not one row can be used.
create or replace function engine.finish_refresh(p_team_id uuid, p_run_id uuid, p_is_source_empty boolean)
returns public.audience_runs
language plpgsql
security definer -- workers may write no table
set search_path = ''
set jit = off
as $$
declare
  v_run public.audience_runs := engine.lock_run(p_team_id, p_run_id, '{RUNNING}');
begin
  if p_is_source_empty and exists (
    select from public.audience_members as m where m.team_id = p_team_id and m.list_id = v_run.list_id
  ) then
    v_run.status := 'FAILED';
    v_run.failure_code := 'source_empty';
    v_run.failure_message := 'ServiceTitan gave nothing at all, which is more likely a fault than a fact; the list is as it was.';
    return engine.end_run(v_run);
  end if;
  v_run.mapping := engine.stage_subject(p_team_id, p_run_id, v_run.source, v_run.definition, v_run.started_at);
  update public.audience_runs as r set mapping = v_run.mapping where r.team_id = p_team_id and r.id = p_run_id;
  v_run := engine.check_fetched_rows(v_run);
  if v_run.fetched_count > 0 and v_run.rejected_count = v_run.fetched_count then
    v_run.status := 'FAILED';
    v_run.failure_code := 'rows_rejected';
    v_run.failure_message := engine.refusal_of_run(v_run);
    return engine.end_run(v_run);
  end if;
  v_run.added_count := engine.store_run(p_team_id, p_run_id, v_run.list_id);
  v_run.updated_count := v_run.fetched_count - v_run.excluded_count - v_run.rejected_count - v_run.duplicate_count
    - v_run.added_count;
  perform engine.update_member_facts(v_run);
  v_run.removed_count := engine.remove_members(v_run);
  v_run.status := case when v_run.rejected_count > 0 then 'PARTIAL'::public.run_status else 'SUCCEEDED' end;
  return engine.end_run(v_run);
end
$$;
comment on function engine.finish_refresh(uuid, uuid, boolean) is
'Replaces the members of a list by those whom its running refresh found; returns the run as it ended.';
revoke all on function engine.finish_refresh(uuid, uuid, boolean) from public;
grant execute on function engine.finish_refresh(uuid, uuid, boolean) to outbound_worker;

-- sql/40_functions/refresh/fits_parameter.sql
-- Whether one value is what a report's parameter takes. A type that nobody has heard of takes anything.
create or replace function engine.fits_parameter(p_value jsonb, p_data_type text, p_accepted jsonb)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case lower(p_data_type)
    when 'number' then p_value #>> '{}' ~ '^-?[0-9]+([.][0-9]+)?$'
    when 'boolean' then p_value #>> '{}' in ('true', 'false')
    when 'date' then p_value #>> '{}' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}'
    when 'time' then p_value #>> '{}' ~ '^[0-9]{1,2}:[0-9]{2}'
    else jsonb_typeof(p_value) not in ('object', 'array', 'null')
  end and (
    coalesce(jsonb_typeof(p_accepted), 'null') <> 'array' or p_accepted = '[]'
    or exists (select from jsonb_array_elements(p_accepted) as a (one) where a.one ->> 0 = p_value #>> '{}')
  )
$$;
comment on function engine.fits_parameter(jsonb, text, jsonb) is 'Whether a value fits a report''s parameter.';
revoke all on function engine.fits_parameter(jsonb, text, jsonb) from public;

-- sql/40_functions/refresh/forget_subject.sql
-- What was fetched and staged for a run or a preview goes when it ends.
create or replace function engine.forget_subject(p_team_id uuid, p_subject_id uuid)
returns void
language sql
volatile
set search_path = ''
as $$
  delete from engine.import_rows as r where r.team_id = p_team_id and r.run_id = p_subject_id;
  delete from engine.checked_rows as r where r.team_id = p_team_id and r.run_id = p_subject_id;
  delete from engine.member_facts as f where f.team_id = p_team_id and f.run_id = p_subject_id;
  delete from engine.servicetitan_jobs as j where j.team_id = p_team_id and j.subject_id = p_subject_id;
  delete from engine.servicetitan_appointments as a where a.team_id = p_team_id and a.subject_id = p_subject_id;
  delete from engine.report_pages as p where p.team_id = p_team_id and p.subject_id = p_subject_id;
$$;
comment on function engine.forget_subject(uuid, uuid) is 'Empties the staging of a run or preview.';
revoke all on function engine.forget_subject(uuid, uuid) from public;

-- sql/40_functions/refresh/note_wait.sql
-- What a run or a preview waits for, for whoever looks at it; null when it goes on.
create or replace function engine.note_wait(p_team_id uuid, p_subject_id uuid, p_words text)
returns void
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  update public.audience_runs as r
  set waits_for = left(p_words, 300)
  where r.team_id = p_team_id and r.id = p_subject_id and r.status = 'RUNNING' and r.waits_for is distinct from left(p_words, 300);
  update engine.audience_previews as p
  set waits_for = left(p_words, 300)
  where p.team_id = p_team_id and p.id = p_subject_id and p.status = 'RUNNING' and p.waits_for is distinct from left(p_words, 300);
end
$$;
comment on function engine.note_wait(uuid, uuid, text) is 'Says what a running refresh or preview waits for.';
revoke all on function engine.note_wait(uuid, uuid, text) from public;
grant execute on function engine.note_wait(uuid, uuid, text) to outbound_worker;

-- sql/40_functions/refresh/preview_audience_definition.sql
-- What a definition would give, before it is saved. A worker finds out; whoever asked asks again with the
-- same arguments until it has ended. A result is good for ten minutes, a failure for half a minute.
create or replace function public.preview_audience_definition(
  p_definition jsonb, p_source text default 'servicetitan', p_exclusions jsonb default '{}', p_team_id uuid default null
)
returns jsonb
language plpgsql
security definer -- writes tables that no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'operator');
  v_exclusions jsonb := coalesce(p_exclusions, '{}');
  v_hash bytea;
  v_preview engine.audience_previews;
begin
  perform engine.refuse_preview(v_team_id, p_definition, p_source, v_exclusions);
  v_hash := sha256(convert_to(jsonb_build_array(p_source, p_definition, v_exclusions)::text, 'UTF8'));
  insert into engine.audience_previews as p (team_id, request_hash, source, definition, exclusions)
  values (v_team_id, v_hash, p_source::public.audience_source, p_definition, engine.read_exclusions(v_team_id, v_exclusions))
  on conflict (team_id, request_hash) do update set
    status = 'QUEUED', started_at = null, ended_at = null, result = null, failure_code = null, failure_message = null
  where p.ended_at < engine.now() - case when p.status = 'FAILED' then interval '30 seconds' else interval '10 minutes' end
  returning p.* into v_preview;
  if v_preview.id is null then
    select p.* into v_preview
    from engine.audience_previews as p
    where p.team_id = v_team_id and p.request_hash = v_hash;
  else
    perform engine.add_task(v_team_id, 'preview', v_preview.id);
  end if;
  return jsonb_build_object(
    'preview_id', v_preview.id, 'status', v_preview.status, 'waits_for', v_preview.waits_for,
    'count', v_preview.result -> 'count', 'counts', v_preview.result -> 'counts',
    'sample', v_preview.result -> 'sample', 'as_of', case when v_preview.status = 'SUCCEEDED' then v_preview.started_at end,
    'failure_code', v_preview.failure_code, 'failure_message', v_preview.failure_message
  );
end
$$;
comment on function public.preview_audience_definition(jsonb, text, jsonb, uuid) is
'{preview_id, status QUEUED|RUNNING|SUCCEEDED|FAILED, waits_for, count, counts{fetched, rejected, duplicate, excluded}, '
'sample[up to 20], as_of, failure_code, failure_message}; call again until it has ended. OB001, OB007.';
revoke all on function public.preview_audience_definition(jsonb, text, jsonb, uuid) from public;
grant execute on function public.preview_audience_definition(jsonb, text, jsonb, uuid) to authenticated, service_role;

-- sql/40_functions/refresh/preview_sample.sql
-- The first rows of a preview that would become members.
create or replace function engine.preview_sample(p_team_id uuid, p_preview_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(s.item order by s.row_number), '[]')
  from (
    select
      c.row_number,
      jsonb_build_object(
        'name', nullif(concat_ws(' ', c.first_name, c.last_name), ''), 'phone', c.phone, 'email', c.email,
        'postal_code', c.postal_code, 'servicetitan_customer_id', c.servicetitan_customer_id,
        'servicetitan_job_id', f.servicetitan_job_id, 'servicetitan_appointment_id', f.servicetitan_appointment_id,
        'appointment_starts_at', f.appointment_starts_at
      ) as item
    from engine.checked_rows as c
    left join engine.member_facts as f on c.team_id = f.team_id and c.run_id = f.run_id and c.row_number = f.row_number
    where c.team_id = p_team_id and c.run_id = p_preview_id and c.verdict = 'accepted'
    order by c.row_number
    limit 20
  ) as s
$$;
comment on function engine.preview_sample(uuid, uuid) is 'Up to twenty accepted rows of a preview.';
revoke all on function engine.preview_sample(uuid, uuid) from public;

-- sql/40_functions/refresh/refresh_audience_list.sql
-- Asks the list's source again. The run is queued; a worker carries it out, and get_audience_runs shows it.
create or replace function public.refresh_audience_list(p_list_id uuid)
returns jsonb
language plpgsql
security definer -- writes tables that no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'operator'); -- which asks engine.caller_team_ids
  v_run_id uuid;
begin
  perform engine.refuse_refresh(v_list);
  v_run_id := engine.queue_refresh(v_list.team_id, v_list.id);
  if v_run_id is null then
    perform engine.refuse(
      'OB005', format('The list "%s" is being imported or refreshed at this moment.', v_list.name),
      jsonb_build_object('entity', 'audience_list', 'id', v_list.id, 'used_by', coalesce((
        select jsonb_agg(jsonb_build_object('entity', 'audience_run', 'id', r.id, 'status', r.status))
        from public.audience_runs as r
        where r.team_id = v_list.team_id and r.list_id = v_list.id and r.status in ('QUEUED', 'RUNNING')
      ), '[]')),
      'Wait until that run has ended; get_audience_runs shows it.'
    );
  end if;
  return (
    select engine.describe_run(r) from public.audience_runs as r where r.team_id = v_list.team_id and r.id = v_run_id
  );
end
$$;
comment on function public.refresh_audience_list(uuid) is
'Queues a refresh of a list from ServiceTitan or a report and returns its run. OB001 for other sources or without a valid '
'definition, OB003 when archived, OB005 with the open run, OB007 without an account.';
revoke all on function public.refresh_audience_list(uuid) from public;
grant execute on function public.refresh_audience_list(uuid) to authenticated, service_role;

-- sql/40_functions/refresh/refuse_preview.sql
-- What keeps a definition from being tried out.
create or replace function engine.refuse_preview(p_team_id uuid, p_definition jsonb, p_source text, p_exclusions jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_issues jsonb := jsonb_build_array();
begin
  if p_source is null or p_source not in ('servicetitan', 'custom_report') then
    v_issues := v_issues || engine.issue(
      'source_unknown', 'p_source', 'The source must be servicetitan or custom_report: only these have definitions.'
    );
  elsif coalesce(p_definition, '{}') = '{}' then
    v_issues := v_issues || engine.issue('definition_missing', 'p_definition', 'There is no definition to try out.');
  else
    v_issues := v_issues || engine.definition_issues(p_definition, p_source);
  end if;
  v_issues := v_issues || engine.exclusion_issues(p_team_id, null, p_exclusions);
  perform engine.refuse_issues(v_issues, 'The definition');
  perform engine.require_servicetitan(p_team_id);
end
$$;
comment on function engine.refuse_preview(uuid, jsonb, text, jsonb) is 'OB001 or OB007 for a preview that cannot be made.';
revoke all on function engine.refuse_preview(uuid, jsonb, text, jsonb) from public;

-- sql/40_functions/refresh/refuse_refresh.sql
-- What keeps a list from being refreshed, whoever asks.
create or replace function engine.refuse_refresh(p_list public.audience_lists)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if p_list.status = 'ARCHIVED' then
    perform engine.refuse(
      'OB003', 'The list is archived.',
      jsonb_build_object('entity', 'audience_list', 'id', p_list.id, 'status', p_list.status), 'Unarchive it first.'
    );
  elsif p_list.source in ('csv', 'speed_to_lead') then
    perform engine.refuse_issues(jsonb_build_array(engine.issue('source_not_refreshable', 'p_list_id', case p_list.source
      when 'csv' then 'The list is filled from files, so there is nothing to refresh it from.'
      else 'Leads come into the list the moment they are there, so there is nothing to refresh.'
    end)), 'The list');
  elsif p_list.definition = '{}' then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'definition_missing', 'p_definition', 'The list has no definition yet, so nobody knows who belongs to it.'
    )), 'The list');
  end if;
  perform engine.refuse_issues(engine.definition_issues(p_list.definition, p_list.source::text), 'The definition');
  perform engine.require_servicetitan(p_list.team_id);
end
$$;
comment on function engine.refuse_refresh(public.audience_lists) is 'OB001, OB003 or OB007 for a list that cannot be refreshed.';
revoke all on function engine.refuse_refresh(public.audience_lists) from public;

-- sql/40_functions/refresh/remove_members.sql
-- A refresh replaces: whoever it did not find, or found and cannot use, leaves the list. What campaigns
-- have begun with them goes on.
create or replace function engine.remove_members(p_run public.audience_runs)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_removed bigint;
begin
  delete from public.audience_members as m
  where
    m.team_id = p_run.team_id and m.list_id = p_run.list_id
    and m.contact_id not in (
      select c.id
      from engine.checked_rows as k
      inner join public.contacts as c on k.team_id = c.team_id and k.phone = c.phone
      where k.team_id = p_run.team_id and k.run_id = p_run.id and k.verdict = 'accepted'
    );
  get diagnostics v_removed = row_count;
  return v_removed;
end
$$;
comment on function engine.remove_members(public.audience_runs) is 'Removes the members of a list that its run did not store; returns how many.';
revoke all on function engine.remove_members(public.audience_runs) from public;

-- sql/40_functions/refresh/report_issues.sql
-- What is wrong with a definition's parameters, by the report's own description of them.
create or replace function engine.report_issues(p_definition jsonb, p_report jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with asked as (
    select
      q.item ->> 'name' as name, q.item ->> 'data_type' as data_type,
      coalesce((q.item ->> 'is_array')::boolean, false) as is_array,
      coalesce((q.item ->> 'is_required')::boolean, false) as is_required,
      q.item #> '{accept_values,values}' as accepted
    from jsonb_array_elements(p_report -> 'parameters') as q (item)
  ),
  given as (
    select g.name, g.value from jsonb_each(coalesce(p_definition -> 'parameters', '{}')) as g (name, value) where g.value <> 'null'
  )
  select coalesce(jsonb_agg(i.issue order by i.issue ->> 'path'), '[]')
  from (
    select engine.issue('parameter_missing', 'p_definition.parameters.' || a.name, format('The report asks for %s.', a.name)) as issue
    from asked as a
    where a.is_required and not exists (select from given as g where g.name = a.name)
    union all
    select engine.issue(
      'parameter_unknown', 'p_definition.parameters.' || g.name,
      format('The report has no parameter %s; it has %s.', left(g.name, 100), (select string_agg(a.name, ', ' order by a.name) from asked as a))
    )
    from given as g
    where not exists (select from asked as a where a.name = g.name)
    union all
    select engine.issue('value_invalid', 'p_definition.parameters.' || a.name, case
      when a.is_array <> (jsonb_typeof(g.value) = 'array') then case when a.is_array then 'This must be a list.' else 'This must be one value.' end
      else format('This must be a %s that the report accepts.', lower(a.data_type))
    end)
    from asked as a
    inner join given as g on a.name = g.name
    where a.is_array <> (jsonb_typeof(g.value) = 'array') or exists (
      select from jsonb_array_elements(case when jsonb_typeof(g.value) = 'array' then g.value else jsonb_build_array(g.value) end) as v (one)
      where not engine.fits_parameter(v.one, a.data_type, a.accepted)
    )
  ) as i
$$;
comment on function engine.report_issues(jsonb, jsonb) is
'Issues of a custom report''s parameters against its description {parameters[{name, data_type, is_array, is_required, accept_values{values}}]}.';
revoke all on function engine.report_issues(jsonb, jsonb) from public;
grant execute on function engine.report_issues(jsonb, jsonb) to outbound_worker;

-- sql/40_functions/refresh/require_servicetitan.sql
-- A team's ServiceTitan account must be connected and in use before anybody is asked to wait for it.
create or replace function engine.require_servicetitan(p_team_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_account public.integrations;
begin
  select * into v_account from public.integrations as i where i.team_id = p_team_id and i.provider = 'servicetitan';
  if v_account.id is null then
    perform engine.refuse(
      'OB007', 'No ServiceTitan account is connected.',
      jsonb_build_object('blockers', jsonb_build_array(jsonb_build_object(
        'code', 'integration_missing_servicetitan', 'message', 'No ServiceTitan account is connected.'
      ))),
      'Connect the account first: an admin can, with upsert_integration.'
    );
  elsif v_account.status = 'PAUSED' then
    perform engine.refuse(
      'OB007', 'The ServiceTitan account is paused: ' || v_account.paused_reason,
      jsonb_build_object('blockers', jsonb_build_array(jsonb_build_object(
        'code', 'integration_paused_servicetitan', 'message', v_account.paused_reason
      ))),
      'Mend the account, then connect it again with upsert_integration.'
    );
  end if;
end
$$;
comment on function engine.require_servicetitan(uuid) is 'OB007 unless the team''s ServiceTitan account is connected and not paused.';
revoke all on function engine.require_servicetitan(uuid) from public;

-- sql/40_functions/refresh/stage_report.sql
-- The pages of a report as staged rows: its columns are mapped like those of a file, guessed where the
-- definition does not say.
create or replace function engine.stage_report(p_team_id uuid, p_subject_id uuid, p_definition jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_columns text[];
  v_sample jsonb;
  v_mapping jsonb;
  v_issues jsonb;
begin
  select p.columns, jsonb_path_query_array(p.rows, '$[0 to 199]') into v_columns, v_sample
  from engine.report_pages as p
  where p.team_id = p_team_id and p.subject_id = p_subject_id and p.rows <> '[]'
  order by p.page_number
  limit 1;
  if v_columns is null then
    return jsonb_build_object();
  end if;
  select m.mapping, m.issues into v_mapping, v_issues
  from public.teams as t
  cross join lateral engine.read_mapping(
    p_definition -> 'columns', engine.guess_mapping(v_sample, false, 0, v_columns, t.country), v_columns
  ) as m
  where t.id = p_team_id;
  perform engine.refuse_issues(v_issues, 'The report');
  insert into engine.import_rows
  select
    s.team_id, s.run_id, row_number() over (order by p.page_number, s.row_number), s.phone, s.first_name, s.last_name,
    s.full_name, s.email, s.timezone, s.postal_code, s.servicetitan_customer_id, s.reader_problem
  from engine.report_pages as p
  cross join lateral engine.rows_from_json(p_team_id, p_subject_id, p.rows, false, 0, v_columns, v_mapping) as s
  where p.team_id = p_team_id and p.subject_id = p_subject_id;
  return v_mapping;
end
$$;
comment on function engine.stage_report(uuid, uuid, jsonb) is
'Stages the pages of a report; returns the mapping. OB001 when no column holds phones or a stated one is not there.';
revoke all on function engine.stage_report(uuid, uuid, jsonb) from public;

-- sql/40_functions/refresh/stage_subject.sql
-- What was fetched for a run or a preview, as rows that are checked like those of a file; returns what each
-- field was read from.
create or replace function engine.stage_subject(
  p_team_id uuid, p_subject_id uuid, p_source public.audience_source, p_definition jsonb, p_at timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
  -- nothing of an earlier try remains: this and what follows is one transaction
  if p_source = 'custom_report' then
    return engine.stage_report(p_team_id, p_subject_id, p_definition);
  end if;
  perform engine.stage_customers(p_team_id, p_subject_id, p_definition, p_at);
  return jsonb_build_object();
end
$$;
comment on function engine.stage_subject(uuid, uuid, public.audience_source, jsonb, timestamptz) is
'Stages what a run or preview fetched; returns the mapping.';
revoke all on function engine.stage_subject(uuid, uuid, public.audience_source, jsonb, timestamptz) from public;

-- sql/40_functions/refresh/start_preview.sql
-- A worker begins a preview, or takes one up again; see start_refresh.
create or replace function engine.start_preview(p_team_id uuid, p_preview_id uuid)
returns jsonb
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_preview engine.audience_previews;
begin
  update engine.audience_previews as p
  set status = 'RUNNING', started_at = coalesce(p.started_at, engine.now())
  where p.team_id = p_team_id and p.id = p_preview_id and p.status in ('QUEUED', 'RUNNING')
  returning p.* into v_preview;
  if v_preview.id is null then
    return jsonb_build_object('status', 'GONE');
  end if;
  return engine.describe_subject(
    p_team_id, v_preview.status, v_preview.source, v_preview.definition, v_preview.started_at
  );
end
$$;
comment on function engine.start_preview(uuid, uuid) is
'Moves a preview to RUNNING: {status, source, definition, conditions[]}, or {status} of one that has ended.';
revoke all on function engine.start_preview(uuid, uuid) from public;
grant execute on function engine.start_preview(uuid, uuid) to outbound_worker;

-- sql/40_functions/refresh/start_refresh.sql
-- A worker begins a queued refresh, or takes one up again. The definition is the run's own from here on:
-- whoever changes the list's meanwhile changes the next run. One that cannot be read is told as issues.
create or replace function engine.start_refresh(p_team_id uuid, p_run_id uuid)
returns jsonb
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_run public.audience_runs;
  v_issues jsonb;
begin
  select r.* into v_run from public.audience_runs as r where r.team_id = p_team_id and r.id = p_run_id for update;
  if v_run.id is null or v_run.status not in ('QUEUED', 'RUNNING') then
    return jsonb_build_object('status', coalesce(v_run.status::text, 'GONE'));
  end if;
  if v_run.status = 'QUEUED' then
    select coalesce(nullif(l.definition, '{}'), '{"match": null}') into v_run.definition
    from public.audience_lists as l
    where l.team_id = p_team_id and l.id = v_run.list_id;
    -- the task's lease says whether somebody works on it, so the run has none of its own
    update public.audience_runs as r
    set status = 'RUNNING', started_at = engine.now(), lease_expires_at = 'infinity', definition = v_run.definition
    where r.team_id = p_team_id and r.id = p_run_id
    returning r.* into v_run;
  end if;
  v_issues := engine.definition_issues(v_run.definition, v_run.source::text);
  if v_issues <> '[]' then
    return jsonb_build_object('status', v_run.status, 'issues', v_issues);
  end if;
  return engine.describe_subject(p_team_id, v_run.status, v_run.source, v_run.definition, v_run.started_at);
end
$$;
comment on function engine.start_refresh(uuid, uuid) is
'Moves a refresh to RUNNING, if it is not there yet: {status, source, definition, conditions[]}, or {status, issues[]}, or {status} of one that has ended.';
revoke all on function engine.start_refresh(uuid, uuid) from public;
grant execute on function engine.start_refresh(uuid, uuid) to outbound_worker;

-- sql/40_functions/refresh/store_report_page.sql
-- A page of a report. The same page again is passed over.
create or replace function engine.store_report_page(
  p_team_id uuid, p_subject_id uuid, p_page_number integer, p_columns text[], p_rows jsonb
)
returns void
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  if engine.is_subject_running(p_team_id, p_subject_id) then
    insert into engine.report_pages (team_id, subject_id, page_number, columns, rows)
    values (p_team_id, p_subject_id, p_page_number, p_columns, p_rows)
    on conflict (team_id, subject_id, page_number) do nothing;
  end if;
end
$$;
comment on function engine.store_report_page(uuid, uuid, integer, text[], jsonb) is
'Stores rows (arrays) of a page of a report for a running refresh or preview.';
revoke all on function engine.store_report_page(uuid, uuid, integer, text[], jsonb) from public;
grant execute on function engine.store_report_page(uuid, uuid, integer, text[], jsonb) to outbound_worker;

-- sql/40_functions/refresh/update_member_facts.sql
-- Members who stay have today's facts: another appointment, another job.
create or replace function engine.update_member_facts(p_run public.audience_runs)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.audience_members as m
  set
    servicetitan_customer_id = k.servicetitan_customer_id, servicetitan_job_id = f.servicetitan_job_id,
    servicetitan_job_type_id = f.servicetitan_job_type_id, servicetitan_appointment_id = f.servicetitan_appointment_id,
    appointment_starts_at = f.appointment_starts_at
  from engine.checked_rows as k
  inner join public.contacts as c on k.team_id = c.team_id and k.phone = c.phone
  left join engine.member_facts as f on k.team_id = f.team_id and k.run_id = f.run_id and k.row_number = f.row_number
  where
    k.team_id = p_run.team_id and k.run_id = p_run.id and k.verdict = 'accepted'
    and m.team_id = p_run.team_id and m.list_id = p_run.list_id and m.contact_id = c.id
    and (
      m.servicetitan_customer_id, m.servicetitan_job_id, m.servicetitan_job_type_id, m.servicetitan_appointment_id,
      m.appointment_starts_at
    ) is distinct from (
      k.servicetitan_customer_id, f.servicetitan_job_id, f.servicetitan_job_type_id, f.servicetitan_appointment_id,
      f.appointment_starts_at
    )
$$;
comment on function engine.update_member_facts(public.audience_runs) is 'Gives members the ServiceTitan facts of the run.';
revoke all on function engine.update_member_facts(public.audience_runs) from public;

-- sql/40_functions/schedules/cron_issues.sql
-- What is wrong with an expression and a zone, before anything is computed from them.
create or replace function engine.cron_issues(p_schedule engine.cron_schedule, p_expression text, p_timezone text)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return
    case
      when coalesce(btrim(p_expression), '') = ''
        then jsonb_build_array(engine.issue('cron_missing', 'p_expression', 'A cron expression is required, such as 30 8 * * mon-fri.'))
      else p_schedule.issues
    end
    || case
      when engine.is_timezone(p_timezone) then '[]'
      else jsonb_build_array(engine.issue('timezone_unknown', 'p_timezone', 'Give an IANA time zone, such as America/Chicago.'))
    end;
end
$$;
comment on function engine.cron_issues(engine.cron_schedule, text, text) is 'Issues of an expression and a zone.';
revoke all on function engine.cron_issues(engine.cron_schedule, text, text) from public;

-- sql/40_functions/schedules/cron_word_issue.sql
-- Why a word of a cron field can't be read, for people who know other dialects of cron.
create or replace function engine.cron_word_issue(p_word text, p_field text, p_low integer, p_high integer)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_name text := replace(p_field, '_', ' ');
begin
  return engine.issue('cron_value_unknown', 'p_expression.' || p_field, case
    when p_word = '' then format('The %s has an empty place; write a number from %s to %s there.', v_name, p_low, p_high)
    when p_word like '?%' then format('The %s has "?", which cron does not know; write * for every %1$s.', v_name)
    when p_word ~* '^(l|lw|wl|l-?[0-9]+w?)$' and p_field = 'day_of_month'
      then format('The %s has "%s", which cron does not know; for the last day of the month write $ alone.', v_name, p_word)
    when p_word ~* '^([0-7]|[a-z]{3})?l$' and p_field = 'day_of_week'
      then format('The %s has "%s": the last such weekday of a month cannot be written in cron.', v_name, p_word)
    when p_word ~* '^(w[0-9]+|[0-9]+w)$'
      then format('The %s has "%s": the weekday nearest to a day cannot be written in cron.', v_name, p_word)
    when p_word like '$%' and p_field = 'day_of_month'
      then format('The %s has "$" beside something else; it stands alone, for the last day of the month.', v_name)
    when p_field = 'month' then format('The month has "%s"; months are 1 to 12 or jan to dec.', left(p_word, 40))
    when p_field = 'day_of_week' then format('The day of week has "%s"; weekdays are 0 to 7 or sun to sat.', left(p_word, 40))
    else format('The %s has "%s"; it takes numbers from %s to %s.', v_name, left(p_word, 40), p_low, p_high)
  end);
end
$$;
comment on function engine.cron_word_issue(text, text, integer, integer) is 'The issue of a word that is neither a number nor a name.';
revoke all on function engine.cron_word_issue(text, text, integer, integer) from public;

-- sql/40_functions/schedules/describe_cron.sql
-- What an expression means, before it becomes a schedule: in words, and when it would run.
create or replace function public.describe_cron(
  p_expression text, p_timezone text default 'UTC', p_count integer default 5, p_from timestamptz default null
)
returns jsonb
language plpgsql
stable
security definer -- the functions that read cron are the engine's; it touches no row of anybody
set search_path = ''
as $$
declare
  c_most constant integer := 100;
  v_schedule engine.cron_schedule := engine.parse_cron(p_expression);
  v_issues jsonb := engine.cron_issues(v_schedule, p_expression, p_timezone);
  v_from timestamptz := coalesce(p_from, engine.now());
begin
  -- whoever is in a team may compute; a stranger's account may not
  if cardinality(engine.caller_team_ids()) = 0 and not engine.caller_is_service() then
    perform engine.refuse_not_found('team', null);
  end if;
  if p_count < 0 then
    v_issues := v_issues || engine.issue('count_negative', 'p_count', 'The number of times cannot be negative.');
  end if;
  if v_from not between '1970-01-02' and '9000-01-01' then
    v_issues := v_issues || engine.issue('from_out_of_range', 'p_from', 'Give a moment after 1970 and before the year 9000.');
  end if;
  perform engine.refuse_issues(v_issues, 'The expression');
  if p_count > c_most then
    perform engine.refuse(
      'OB009', format('At most %s times can be asked for.', c_most),
      jsonb_build_object('limit', c_most, 'actual', p_count), 'Ask for the rest with p_from set to the last of them.'
    );
  end if;
  return jsonb_build_object(
    'expression', p_expression, 'timezone', p_timezone, 'summary', engine.describe_cron_words(v_schedule),
    'next', coalesce((
      select jsonb_agg(engine.zoned_time(n.at, p_timezone) order by n.at)
      from engine.next_runs(v_schedule, p_timezone, v_from, coalesce(p_count, 5)) as n (at)
    ), '[]'),
    'warnings', v_issues
  );
end
$$;
comment on function public.describe_cron(text, text, integer, timestamptz) is
'{expression, timezone, summary, next[times in the zone, after p_from or now], warnings[]} of a cron expression; OB001 with every problem, OB004 outside every team.';
revoke all on function public.describe_cron(text, text, integer, timestamptz) from public;
grant execute on function public.describe_cron(text, text, integer, timestamptz) to authenticated, service_role;

-- sql/40_functions/schedules/describe_cron_days.sql
-- The days of a schedule, to follow its times. Either field is enough or both are needed, as cron has it;
-- a field that leaves no day out is not mentioned, and when it alone would do neither is the other.
create or replace function engine.describe_cron_days(p_schedule engine.cron_schedule)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_step integer := engine.even_step(p_schedule.days);
  v_count integer := cardinality(p_schedule.days);
  v_days text;
  v_weekdays text := (
    -- the week of people begins with Monday
    select engine.name_runs(
      array_agg(case u.n when 0 then 7 else u.n end order by case u.n when 0 then 7 else u.n end),
      '{Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday}'
    ) from unnest(p_schedule.weekdays) as u (n)
  );
begin
  if (v_count = 31 or p_schedule.is_either_day) and (cardinality(p_schedule.weekdays) = 7 or (p_schedule.is_either_day and v_count = 31)) then
    return '';
  end if;
  if v_count = 31 then
    return case when v_weekdays ~ '^\w+ to \w+$' then ', ' else ', on ' end || v_weekdays;
  end if;
  v_days := case
    when p_schedule.is_last_day then 'the last day of the month'
    when v_step > 1 then format(
      'every %s day from %s to %s of the month',
      case v_step when 2 then '2nd' when 3 then '3rd' else v_step || 'th' end, p_schedule.days[1], p_schedule.days[v_count]
    )
    else (
      select format(
        '%s %s of the month', case v_count when 1 then 'day' else 'days' end,
        engine.join_words(array_agg(case when r.low = r.high then r.low::text else r.low || ' to ' || r.high end order by r.low))
      )
      from engine.number_runs(p_schedule.days) as r
    )
  end;
  return ', on ' || concat_ws(
    case when p_schedule.is_either_day then ' or on ' else ' if that day is ' end,
    case when v_count > 0 or p_schedule.is_last_day then v_days end,
    case
      when p_schedule.is_either_day then v_weekdays
      when cardinality(p_schedule.weekdays) < 7 then replace(v_weekdays, ' and ', ' or ')
    end
  );
end
$$;
comment on function engine.describe_cron_days(engine.cron_schedule) is 'On which days a schedule runs, in words; empty when on all.';
revoke all on function engine.describe_cron_days(engine.cron_schedule) from public;

-- sql/40_functions/schedules/describe_cron_hours.sql
-- The hours in which something happens again and again: "between 09:00 and 17:59". Empty for all hours.
create or replace function engine.describe_cron_hours(p_hours integer[])
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when cardinality(p_hours) = 24 then ''
    when engine.even_step(p_hours) > 1 then format(
      ' in every %s hour from %s:00 to %s:59', case engine.even_step(p_hours) when 2 then '2nd' when 3 then '3rd'
        else engine.even_step(p_hours) || 'th' end,
      to_char(p_hours[1], 'FM00'), to_char(p_hours[cardinality(p_hours)], 'FM00')
    )
    else (
      select ' ' || engine.join_words(array_agg(
        format('between %s:00 and %s:59', to_char(r.low, 'FM00'), to_char(r.high, 'FM00')) order by r.low
      ))
      from engine.number_runs(p_hours) as r
    )
  end
$$;
comment on function engine.describe_cron_hours(integer[]) is 'Hours in words, to follow what happens in them.';
revoke all on function engine.describe_cron_hours(integer[]) from public;

-- sql/40_functions/schedules/describe_cron_minutes.sql
-- The minutes of an hour: "Every 15 minutes", "At minutes 5, 20 and 41 of each hour".
create or replace function engine.describe_cron_minutes(p_minutes integer[])
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_count integer := cardinality(p_minutes);
  v_step integer := coalesce(engine.even_step(p_minutes), case when v_count in (2, 3) then 60 / v_count end);
  v_words text[];
begin
  if v_count = 60 then
    return 'Every minute';
  elsif v_count > 1 and p_minutes[1] = 0 and v_step * v_count = 60 and p_minutes[v_count] = 60 - v_step and p_minutes[2] = v_step then
    return format('Every %s minutes', v_step);
  elsif engine.even_step(p_minutes) is not null then
    return format(
      'Every %s from minute %s to %s of each hour',
      case v_step when 1 then 'minute' else v_step || ' minutes' end, p_minutes[1], p_minutes[v_count]
    );
  end if;
  select array_agg(case when r.low = r.high then r.low::text else r.low || ' to ' || r.high end order by r.low) into v_words
  from engine.number_runs(p_minutes) as r;
  return format('At %s %s of each hour', case v_count when 1 then 'minute' else 'minutes' end, engine.join_words(v_words));
end
$$;
comment on function engine.describe_cron_minutes(integer[]) is 'Minutes of the hour in words.';
revoke all on function engine.describe_cron_minutes(integer[]) from public;

-- sql/40_functions/schedules/describe_cron_times.sql
-- The times of a day: named one by one while they are few, else by their pattern.
create or replace function engine.describe_cron_times(p_minutes integer[], p_hours integer[])
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_hour_count integer := cardinality(p_hours);
  v_step integer := engine.even_step(p_hours);
  v_minute text := to_char(p_minutes[1], 'FM00');
begin
  if cardinality(p_minutes) = 1 and v_step * v_hour_count = 24 and p_hours[1] = 0 then
    return case v_step when 1 then 'Every hour' else format('Every %s hours', v_step) end
      || case when p_minutes[1] > 0 then format(' at minute %s', p_minutes[1]) else '' end;
  elsif cardinality(p_minutes) = 1 and v_step is not null then
    return format(
      'Every %s from %s:%s to %s:%3$s',
      case v_step when 1 then 'hour' else v_step || ' hours' end,
      to_char(p_hours[1], 'FM00'), v_minute, to_char(p_hours[v_hour_count], 'FM00')
    );
  elsif cardinality(p_minutes) * v_hour_count <= 6 or (cardinality(p_minutes) = 1 and v_hour_count <= 12) then
    return 'At ' || (
      select engine.join_words(array_agg(to_char(h.n, 'FM00') || ':' || to_char(m.n, 'FM00') order by h.n, m.n))
      from unnest(p_hours) as h (n)
      cross join unnest(p_minutes) as m (n)
    );
  end if;
  return engine.describe_cron_minutes(p_minutes) || engine.describe_cron_hours(p_hours);
end
$$;
comment on function engine.describe_cron_times(integer[], integer[]) is 'When within a day a schedule runs, in words.';
revoke all on function engine.describe_cron_times(integer[], integer[]) from public;

-- sql/40_functions/schedules/describe_cron_words.sql
-- A schedule as a sentence. It is made from the sets, so two spellings of one schedule read alike.
create or replace function engine.describe_cron_words(p_schedule engine.cron_schedule)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_times text;
  v_days text;
  v_months text := engine.name_runs(
    p_schedule.months, '{January,February,March,April,May,June,July,August,September,October,November,December}'
  );
begin
  if p_schedule.every_seconds is not null then
    return case p_schedule.every_seconds when 1 then 'Every second' else format('Every %s seconds', p_schedule.every_seconds) end;
  elsif p_schedule.is_at_start then
    return 'When the server starts';
  elsif engine.next_cron_wall_time(p_schedule, '2000-01-01') is null then
    return 'Never';
  end if;
  v_times := engine.describe_cron_times(p_schedule.minutes, p_schedule.hours);
  v_days := engine.describe_cron_days(p_schedule);
  return v_times
    || case when v_days = '' and v_times like 'At __:__%' then ' every day' else v_days end
    || case
      when cardinality(p_schedule.months) = 12 then ''
      when v_months ~ '^\w+ to \w+$' then ', ' || v_months
      else ', in ' || v_months
    end;
end
$$;
comment on function engine.describe_cron_words(engine.cron_schedule) is 'A schedule in English, such as "At 08:30, Monday to Friday".';
revoke all on function engine.describe_cron_words(engine.cron_schedule) from public;

-- sql/40_functions/schedules/describe_schedule.sql
-- A schedule as RPCs return it: with its list, what it says in words, when it runs next, and its state.
create or replace function engine.describe_schedule(p_schedule public.audience_schedules)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_list public.audience_lists;
  v_open_run public.audience_runs;
  v_last_run public.audience_runs;
  v_cron engine.cron_schedule := engine.parse_cron(p_schedule.expression);
begin
  select * into v_list from public.audience_lists as l where l.team_id = p_schedule.team_id and l.id = p_schedule.list_id;
  select * into v_open_run from public.audience_runs as r
  where r.team_id = p_schedule.team_id and r.list_id = p_schedule.list_id and r.status in ('QUEUED', 'RUNNING');
  select * into v_last_run from public.audience_runs as r
  where r.team_id = p_schedule.team_id and r.list_id = p_schedule.list_id
  order by r.id desc limit 1;
  return jsonb_build_object(
    'list_id', v_list.id, 'list_name', v_list.name, 'list_status', v_list.status, 'team_id', v_list.team_id,
    'source', v_list.source, 'expression', p_schedule.expression, 'timezone', p_schedule.timezone,
    'summary', engine.describe_cron_words(v_cron), 'is_enabled', p_schedule.is_enabled,
    'chip', engine.schedule_chip(p_schedule, v_open_run, v_last_run),
    -- the first is what the tick will do, late or not; the others follow from it
    'next', case when p_schedule.is_enabled then jsonb_build_array(
      engine.zoned_time(p_schedule.next_run_at, p_schedule.timezone)
    ) || coalesce((
      select jsonb_agg(engine.zoned_time(n.at, p_schedule.timezone) order by n.at)
      from engine.next_runs(v_cron, p_schedule.timezone, greatest(p_schedule.next_run_at, engine.now()), 2) as n (at)
    ), '[]') else '[]' end,
    'next_run_at', p_schedule.next_run_at, 'last_run_at', p_schedule.last_run_at,
    'last_skipped_at', p_schedule.last_skipped_at, 'last_run', engine.describe_run(v_last_run),
    'created_at', p_schedule.created_at, 'updated_at', p_schedule.updated_at
  );
end
$$;
comment on function engine.describe_schedule(public.audience_schedules) is
'{list_id, list_name, list_status, team_id, source, expression, timezone, summary, is_enabled, chip, next[], next_run_at, last_run_at, last_skipped_at, last_run, …}.';
revoke all on function engine.describe_schedule(public.audience_schedules) from public;

-- sql/40_functions/schedules/even_step.sql
-- Whether numbers are evenly apart, and how far. Fewer than four are better named one by one.
create or replace function engine.even_step(p_numbers integer[])
returns integer
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case when cardinality(p_numbers) >= 4 and min(d.step) = max(d.step) then min(d.step) end
  from (select u.n - lag(u.n) over (order by u.n) as step from unnest(p_numbers) as u (n)) as d
$$;
comment on function engine.even_step(integer[]) is 'The distance of four or more evenly spaced numbers, else null.';
revoke all on function engine.even_step(integer[]) from public;

-- sql/40_functions/schedules/join_words.sql
-- A list as English writes it.
create or replace function engine.join_words(p_words text[])
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return concat_ws(
    ' and ', nullif(array_to_string(p_words[:cardinality(p_words) - 1], ', '), ''), p_words[cardinality(p_words)]
  );
end
$$;
comment on function engine.join_words(text[]) is '"a", "a and b", "a, b and c".';
revoke all on function engine.join_words(text[]) from public;

-- sql/40_functions/schedules/list_audience_schedules.sql
-- The schedules of a team, those of the newest lists first.
create or replace function public.list_audience_schedules(
  p_search text default null, p_limit integer default 50, p_cursor text default null, p_team_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- reads runs for a caller who was checked
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'viewer');
  v_limit integer := engine.page_limit(p_limit);
  v_after uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
  v_result jsonb;
begin
  with page as (
    select s as schedule, row_number() over (order by s.list_id desc) as place
    from public.audience_schedules as s
    inner join public.audience_lists as l on s.team_id = l.team_id and s.list_id = l.id
    where
      s.team_id = v_team_id
      and (v_after is null or s.list_id < v_after)
      and (coalesce(btrim(p_search), '') = '' or strpos(lower(l.name), lower(btrim(p_search))) > 0)
    order by s.list_id desc
    limit v_limit + 1
  )
  select jsonb_build_object(
    'items', coalesce(
      jsonb_agg(engine.describe_schedule(p.schedule) order by p.place) filter (where p.place <= v_limit), '[]'
    ),
    'next_cursor', case
      when count(*) > v_limit then engine.page_cursor(min(((p.schedule).list_id)::text) filter (where p.place = v_limit))
    end
  ) into v_result
  from page as p;
  return v_result;
end
$$;
comment on function public.list_audience_schedules(text, integer, text, uuid) is
'A page of schedules: {items[{list_id, list_name, expression, timezone, summary, is_enabled, chip, next[], last_run, …}], next_cursor}. p_search looks into names.';
revoke all on function public.list_audience_schedules(text, integer, text, uuid) from public;
grant execute on function public.list_audience_schedules(text, integer, text, uuid) to authenticated, service_role;

-- sql/40_functions/schedules/lock_scheduled_list.sql
-- The list of a schedule that is about to change, for an operator. Whoever changes a schedule locks the
-- list first and the schedule then, as archiving does.
create or replace function engine.lock_scheduled_list(p_list_id uuid, p_is_enabled boolean)
returns public.audience_lists
language plpgsql
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'operator');
begin
  select * into v_list from public.audience_lists as l
  where l.team_id = v_list.team_id and l.id = v_list.id
  for no key update;
  if v_list.id is null then
    perform engine.refuse_not_found('audience_list', p_list_id);
  elsif v_list.status = 'ARCHIVED' and p_is_enabled then
    perform engine.refuse(
      'OB003', 'The list is archived, so its schedule stays off.',
      jsonb_build_object('entity', 'audience_list', 'id', v_list.id, 'status', v_list.status), 'Unarchive it first.'
    );
  end if;
  return v_list;
end
$$;
comment on function engine.lock_scheduled_list(uuid, boolean) is
'Locks a list whose schedule changes; OB003 when it would be turned on for an archived list, OB004, OB008.';
revoke all on function engine.lock_scheduled_list(uuid, boolean) from public;

-- sql/40_functions/schedules/name_runs.sql
-- Names of weekdays or months: three or more in a row become "Monday to Friday".
create or replace function engine.name_runs(p_numbers integer[], p_names text[])
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select engine.join_words(array_agg(w.word order by w.place))
  from engine.number_runs(p_numbers) as r
  cross join lateral (
    select r.low as place, p_names[r.low] || ' to ' || p_names[r.high] as word
    where r.high - r.low >= 2
    union all
    select g.n, p_names[g.n] from generate_series(r.low, r.high) as g (n)
    where r.high - r.low < 2
  ) as w
$$;
comment on function engine.name_runs(integer[], text[]) is 'Numbers from 1 by their names, three or more in a row as a range.';
revoke all on function engine.name_runs(integer[], text[]) from public;

-- sql/40_functions/schedules/next_cron_day.sql
-- The first day that a schedule runs on. Months that do not match are skipped, and 41 years are looked
-- at: a day that comes at all, like a 29 February on a Sunday around a year without one, comes by then.
create or replace function engine.next_cron_day(p_schedule engine.cron_schedule, p_from date)
returns date
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_month date := date_trunc('month', p_from::timestamp)::date;
  v_end date := p_from + 41 * 366;
  v_day date;
begin
  -- Month by month, because the first hit is nearly always in the first two.
  while v_month <= v_end loop
    if extract(month from v_month)::integer = any(p_schedule.months) then
      select min(c.day) into v_day
      from (
        select
          d.day,
          extract(day from d.day)::integer = any(p_schedule.days)
          or (p_schedule.is_last_day and extract(day from d.day + 1) = 1) as is_day,
          extract(dow from d.day)::integer = any(p_schedule.weekdays) as is_weekday
        from (
          select v_month + g.n as day
          from generate_series(0, (v_month + interval '1 month')::date - v_month - 1) as g (n)
        ) as d
        where d.day >= p_from
      ) as c
      where case when p_schedule.is_either_day then c.is_day or c.is_weekday else c.is_day and c.is_weekday end;
      if v_day is not null then
        return v_day;
      end if;
    end if;
    v_month := (v_month + interval '1 month')::date;
  end loop;
  return null;
end
$$;
comment on function engine.next_cron_day(engine.cron_schedule, date) is 'The first matching day from a day on; null when there is none.';
revoke all on function engine.next_cron_day(engine.cron_schedule, date) from public;

-- sql/40_functions/schedules/next_cron_wall_time.sql
-- The first wall-clock minute at or after one that a schedule names, in a world whose clocks never change.
create or replace function engine.next_cron_wall_time(p_schedule engine.cron_schedule, p_from timestamp)
returns timestamp
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_day date := engine.next_cron_day(p_schedule, p_from::date);
  v_hour integer;
  v_minute integer := p_schedule.minutes[1];
  v_later integer;
begin
  if v_day is null or v_minute is null or p_schedule.hours[1] is null then
    return null;
  end if;
  if v_day = p_from::date then
    select min(n) into v_hour from unnest(p_schedule.hours) as u (n) where n >= extract(hour from p_from);
    if v_hour = extract(hour from p_from) then
      select min(n) into v_later from unnest(p_schedule.minutes) as u (n) where n >= extract(minute from p_from);
      if v_later is null then
        select min(n) into v_hour from unnest(p_schedule.hours) as u (n) where n > extract(hour from p_from);
      else
        v_minute := v_later;
      end if;
    end if;
    if v_hour is null then
      v_day := engine.next_cron_day(p_schedule, v_day + 1);
    end if;
  end if;
  return v_day + make_interval(hours => coalesce(v_hour, p_schedule.hours[1]), mins => v_minute);
end
$$;
comment on function engine.next_cron_wall_time(engine.cron_schedule, timestamp) is
'The first wall-clock minute at or after a moment that a schedule names; null when there is none.';
revoke all on function engine.next_cron_wall_time(engine.cron_schedule, timestamp) from public;

-- sql/40_functions/schedules/next_run.sql
-- The first run after a moment. A schedule names wall-clock minutes; each is one instant (wall_instant),
-- and several that a gap swallows are the same one, so they make one run.
create or replace function engine.next_run(p_schedule engine.cron_schedule, p_timezone text, p_after timestamptz)
returns timestamptz
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
  v_wall timestamp;
  v_at timestamptz;
begin
  if p_schedule.every_seconds is not null then
    return p_after + make_interval(secs => p_schedule.every_seconds);
  elsif p_schedule.is_at_start or p_schedule.issues @> '[{"severity": "error"}]' or not isfinite(p_after) then
    return null;
  end if;
  v_wall := date_trunc('minute', p_after at time zone p_timezone);
  -- Ends at once, but when the clocks have just gone back: then the minutes that were shown before are
  -- passed over, at most as many as the overlap has.
  loop
    v_wall := engine.next_cron_wall_time(p_schedule, v_wall + interval '1 minute');
    v_at := engine.wall_instant(v_wall, p_timezone);
    exit when v_at > p_after or v_wall is null;
  end loop;
  return v_at;
end
$$;
comment on function engine.next_run(engine.cron_schedule, text, timestamptz) is
'The first run of a schedule after a moment; null when there is none.';
revoke all on function engine.next_run(engine.cron_schedule, text, timestamptz) from public;

-- sql/40_functions/schedules/next_runs.sql
-- The next runs, one after the other.
create or replace function engine.next_runs(
  p_schedule engine.cron_schedule, p_timezone text, p_after timestamptz, p_count integer
)
returns setof timestamptz
language plpgsql
stable
parallel safe
rows 5
set search_path = ''
as $$
declare
  v_at timestamptz := p_after;
begin
  -- Each depends on the one before.
  for v_number in 1..p_count loop
    v_at := engine.next_run(p_schedule, p_timezone, v_at);
    exit when v_at is null;
    return next v_at;
  end loop;
end
$$;
comment on function engine.next_runs(engine.cron_schedule, text, timestamptz, integer) is 'The next runs of a schedule after a moment, in order.';
revoke all on function engine.next_runs(engine.cron_schedule, text, timestamptz, integer) from public;

-- sql/40_functions/schedules/number_runs.sql
-- Numbers in order as runs without a hole.
create or replace function engine.number_runs(p_numbers integer[])
returns table (low integer, high integer)
language sql
immutable
parallel safe
set search_path = ''
as $$
  select min(r.n), max(r.n)
  from (select u.n, u.n - row_number() over (order by u.n) as run from unnest(p_numbers) as u (n)) as r
  group by r.run
  order by r.run
$$;
comment on function engine.number_runs(integer[]) is 'The runs of consecutive numbers, first and last, in order.';
revoke all on function engine.number_runs(integer[]) from public;

-- sql/40_functions/schedules/parse_cron.sql
-- The dialect of pg_cron 1.6, no more and no less: five fields, @names, "N seconds". It reads as that
-- parser reads: comment lines before it, and whatever comes after the last field, are not part of it.
-- What is accepted although it is not what it seems comes back as a warning.
create or replace function engine.parse_cron(p_expression text)
returns engine.cron_schedule
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_text text := regexp_replace(p_expression, '^([ \t]*(#[^\n]*)?\n)*[ \t]*', '');
  v_name text := substring(v_text from '^@([^ \t\n]*)');
  -- a line ends the expression, wherever it ends
  v_fields text[] := array_remove(string_to_array(translate(split_part(v_text, E'\n', 1), E'\t', ' '), ' '), '');
  v_rest text;
  v_seconds text := substring(p_expression from '^\s*\+?0*([1-9]|[1-5][0-9])\s*[sS][eE][cC][oO][nN][dD]([sS]\s*)?$');
  v_plain text := case v_name
    when 'yearly' then '0 0 1 1 *' when 'annually' then '0 0 1 1 *' when 'monthly' then '0 0 1 * *' when 'weekly' then '0 0 * * 0'
    when 'daily' then '0 0 * * *' when 'midnight' then '0 0 * * *' when 'hourly' then '0 * * * *'
  end;
  v_schedule engine.cron_schedule;
begin
  v_schedule.issues := '[]'::jsonb;
  v_schedule.is_at_start := false;
  if octet_length(coalesce(p_expression, '')) >= 1000 then
    v_schedule.issues := jsonb_build_array(engine.issue('cron_too_long', 'p_expression', 'A cron expression has less than 1000 bytes.'));
  elsif v_plain is not null then
    v_schedule := engine.parse_cron_fields(string_to_array(v_plain, ' '));
  elsif v_name in ('reboot', 'restart') then
    v_schedule.is_at_start := true;
  elsif v_name is not null then
    v_schedule.issues := jsonb_build_array(engine.issue('cron_name_unknown', 'p_expression', format(
      '"@%s" is unknown; there are @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually, in lower case.', left(v_name, 20)
    )));
  elsif v_seconds is not null then
    v_schedule.every_seconds := v_seconds::integer;
  elsif coalesce(cardinality(v_fields), 0) < 5 then
    v_schedule.issues := jsonb_build_array(engine.issue('cron_fields_missing', 'p_expression', format(
      'A cron expression has five fields: minute, hour, day of month, month and day of week, such as 30 8 * * mon-fri; this has %s.',
      coalesce(cardinality(v_fields), 0)
    )));
  else
    v_schedule := engine.parse_cron_fields(v_fields[:5]);
    v_rest := btrim(array_to_string(v_fields[6:], ' ') || substr(v_text, length(split_part(v_text, E'\n', 1)) + 1), E' \t\n\r');
    if v_rest <> '' then
      v_schedule.issues := v_schedule.issues || engine.issue('cron_text_ignored', 'p_expression', format(
        'Cron reads five fields and ignores what follows: "%s". The first field is the minute.', left(v_rest, 40)
      ), 'warning');
    end if;
  end if;
  return v_schedule;
end
$$;
comment on function engine.parse_cron(text) is 'A cron expression as sets of numbers, with every problem in issues.';
revoke all on function engine.parse_cron(text) from public;

-- sql/40_functions/schedules/parse_cron_field.sql
-- One field: a list of items. Like pg_cron it takes an item's end for the field's end when no comma
-- follows, and what is left without a meaning is reported as a warning.
create or replace function engine.parse_cron_field(
  p_text text, p_field text, p_low integer, p_high integer, p_names text[] default null
)
returns engine.cron_field
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_numbers integer[] := '{}'::integer[];
  v_issues jsonb := '[]'::jsonb;
  v_item text;
  v_rest text;
  v_read engine.cron_field;
begin
  if p_text = '*' then
    return row(array(select generate_series(p_low, p_high)), '[]')::engine.cron_field;
  elsif p_text ~ '^[0-9]{1,2}$' and p_text::integer between p_low and p_high then
    return row(array[p_text::integer], '[]')::engine.cron_field;
  end if;
  -- Item by item, because the first that ends in other characters ends the field.
  foreach v_item in array string_to_array(p_text, ',') loop
    v_read := engine.parse_cron_item(v_item, p_field, p_low, p_high, p_names);
    v_numbers := v_numbers || v_read.numbers;
    v_issues := v_issues || v_read.issues;
    v_rest := regexp_replace(v_item, '^(\*(/[0-9A-Za-z]*)?|[0-9A-Za-z]+(-[0-9A-Za-z]*)?(/[0-9A-Za-z]*)?)', '');
    if v_rest <> '' and v_read.issues @> '[{"severity": "error"}]' is false then
      v_issues := v_issues || engine.issue('cron_text_ignored', 'p_expression.' || p_field, format(
        'Of the %s "%s" cron reads what comes before "%s" and ignores the rest.',
        replace(p_field, '_', ' '), left(p_text, 40), left(v_rest, 20)
      ), 'warning');
      exit;
    end if;
  end loop;
  return row(array(select distinct n from unnest(v_numbers) as u (n) order by n), v_issues)::engine.cron_field;
end
$$;
comment on function engine.parse_cron_field(text, text, integer, integer, text[]) is 'The numbers of a cron field, and what is wrong with it.';
revoke all on function engine.parse_cron_field(text, text, integer, integer, text[]) from public;

-- sql/40_functions/schedules/parse_cron_fields.sql
-- Five fields. When both day fields are restricted, one of them is enough; a field that begins with a
-- star is not restricted, whatever follows the star.
create or replace function engine.parse_cron_fields(p_fields text[])
returns engine.cron_schedule
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_is_last_day boolean := p_fields[3] = '$';
  v_minute engine.cron_field := engine.parse_cron_field(p_fields[1], 'minute', 0, 59);
  v_hour engine.cron_field := engine.parse_cron_field(p_fields[2], 'hour', 0, 23);
  v_day engine.cron_field := case
    when v_is_last_day then row('{}', '[]')::engine.cron_field else engine.parse_cron_field(p_fields[3], 'day_of_month', 1, 31)
  end;
  v_month engine.cron_field := engine.parse_cron_field(
    p_fields[4], 'month', 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}'
  );
  v_weekday engine.cron_field := engine.parse_cron_field(
    p_fields[5], 'day_of_week', 0, 7, '{sun,mon,tue,wed,thu,fri,sat}'
  );
begin
  return row(
    v_minute.numbers, v_hour.numbers, v_day.numbers, v_month.numbers,
    array(select distinct n % 7 from unnest(v_weekday.numbers) as u (n) order by 1),
    v_is_last_day, left(p_fields[3], 1) <> '*' and left(p_fields[5], 1) <> '*', null, false,
    v_minute.issues || v_hour.issues || v_day.issues || v_month.issues || v_weekday.issues
  )::engine.cron_schedule;
end
$$;
comment on function engine.parse_cron_fields(text[]) is 'Five fields of a cron expression as a schedule.';
revoke all on function engine.parse_cron_fields(text[]) from public;

-- sql/40_functions/schedules/parse_cron_item.sql
-- One item of a field's list: a star or a range, both with or without a step, or a number. Each is read
-- as pg_cron's own parser does, which takes what follows an item and is no comma for the end of the field.
-- Ranges that run backwards, such as sat-sun, are accepted by pg_cron too, but run never or at odd times,
-- depending on its version; here they go on from the beginning, as whoever writes one means it.
create or replace function engine.parse_cron_item(
  p_item text, p_field text, p_low integer, p_high integer, p_names text[]
)
returns engine.cron_field
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_parts text[] := regexp_match(p_item, '^(\*|[0-9A-Za-z]*)(-[0-9A-Za-z]*)?(/[0-9A-Za-z]*)?');
  v_is_star boolean := v_parts[1] = '*';
  v_low integer := case when v_is_star then p_low else engine.parse_cron_number(v_parts[1], p_names, p_low) end;
  -- after a star a range is only text
  v_end text := case when not v_is_star then substr(v_parts[2], 2) end;
  v_step_text text := case when not v_is_star or v_parts[2] is null then substr(v_parts[3], 2) end;
  v_high integer := case
    when v_is_star then p_high when v_end is null then v_low else engine.parse_cron_number(v_end, p_names, p_low)
  end;
  v_step integer := case when v_step_text is null then 1 else engine.parse_cron_number(v_step_text, null, 0) end;
  v_path text := 'p_expression.' || p_field;
  v_name text := replace(p_field, '_', ' ');
  v_cycle integer := case p_field when 'day_of_week' then 7 else p_high - p_low + 1 end;
  v_issue jsonb;
begin
  if v_low is null or v_high is null then
    v_issue := case
      when coalesce(case when v_low is null then v_parts[1] else v_end end, '') ~ '^[0-9]+$' then engine.issue(
        'cron_value_out_of_range', v_path, format('The %s must be from %s to %s.', v_name, p_low, p_high)
      )
      when v_low is not null then engine.cron_word_issue(v_end, p_field, p_low, p_high)
      when v_parts[1] = '' then engine.cron_word_issue(left(p_item, 1), p_field, p_low, p_high)
      else engine.cron_word_issue(v_parts[1], p_field, p_low, p_high)
    end;
  elsif v_end is null and not v_is_star and v_step_text is not null then
    v_issue := engine.issue('cron_step_without_range', v_path, format(
      'The %1$s has a step after a single number; write %2$s-%3$s/%4$s or */%4$s.', v_name, v_low, p_high, left(v_step_text, 10)
    ));
  elsif least(v_low, v_high) < p_low or greatest(v_low, v_high) > p_high then
    v_issue := engine.issue('cron_value_out_of_range', v_path, format(
      'The %s must be from %s to %s, not %s.', v_name, p_low, p_high, case when v_low between p_low and p_high then v_high else v_low end
    ));
  elsif v_step is null or v_step not between 1 and p_high then
    v_issue := engine.issue('cron_step_invalid', v_path, format('The step of the %s must be from 1 to %s.', v_name, p_high));
  elsif v_low > v_high then
    v_issue := engine.issue('cron_range_wraps', v_path, format(
      'The range %s of the %s is read past its end and on from its beginning; pg_cron itself would not.', v_parts[1] || v_parts[2], v_name
    ), 'warning');
  end if;
  return row(
    case
      when v_issue is null then array(select generate_series(v_low, v_high, v_step))
      when v_issue ->> 'severity' = 'warning' then array(
        select (n - p_low) % v_cycle + p_low from generate_series(v_low, v_high + v_cycle, v_step) as g (n)
      )
    end,
    case when v_issue is null then '[]' else jsonb_build_array(v_issue) end
  )::engine.cron_field;
end
$$;
comment on function engine.parse_cron_item(text, text, integer, integer, text[]) is 'The numbers of one item of a field, or its issue.';
revoke all on function engine.parse_cron_item(text, text, integer, integer, text[]) from public;

-- sql/40_functions/schedules/parse_cron_number.sql
-- A number or a name of a cron field, as pg_cron reads it: names are whole words in any case, and only
-- months and weekdays have them. Null when it is neither, or no integer could hold it.
create or replace function engine.parse_cron_number(p_text text, p_names text[], p_low integer)
returns integer
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case
    when p_text ~ '^0*[0-9]{1,9}$' then p_text::numeric::integer
    else array_position(p_names, lower(p_text)) - 1 + p_low
  end;
end
$$;
comment on function engine.parse_cron_number(text, text[], integer) is 'The number that a word of a cron field means, or null.';
revoke all on function engine.parse_cron_number(text, text[], integer) from public;

-- sql/40_functions/schedules/queue_due_schedules.sql
-- Queues a run for each schedule whose time has come, however often it came since: after a downtime one
-- run catches up, and the next is the first that the expression names from now on. While a run of the
-- list is open, the time is skipped, and the schedule says so.
create or replace function engine.queue_due_schedules()
returns table (queued_count integer, skipped_count integer)
language plpgsql
set search_path = ''
as $$
declare
  v_schedule public.audience_schedules;
  v_run_id uuid;
begin
  queued_count := 0;
  skipped_count := 0;
  -- One by one, so that a zone which this server no longer knows stops nobody else's. Another tick's
  -- schedules, and lists that somebody is changing, are left to the next tick.
  for v_schedule in
    select s.*
    from public.audience_schedules as s
    inner join public.audience_lists as l on s.team_id = l.team_id and s.list_id = l.id
    where s.is_enabled and s.next_run_at <= engine.now()
    order by s.next_run_at, s.team_id, s.list_id
    for no key update of s skip locked
    for key share of l skip locked
  loop
    begin
      v_run_id := engine.queue_refresh(v_schedule.team_id, v_schedule.list_id);
      v_schedule.next_run_at := engine.next_run(engine.parse_cron(v_schedule.expression), v_schedule.timezone, engine.now());
      update public.audience_schedules as s
      set
        is_enabled = v_schedule.next_run_at is not null,
        next_run_at = v_schedule.next_run_at,
        last_run_id = coalesce(v_run_id, s.last_run_id),
        last_run_at = case when v_run_id is not null then engine.now() else s.last_run_at end,
        last_skipped_at = case when v_run_id is null then engine.now() else s.last_skipped_at end
      where s.team_id = v_schedule.team_id and s.list_id = v_schedule.list_id;
      queued_count := queued_count + (v_run_id is not null)::integer;
      skipped_count := skipped_count + (v_run_id is null)::integer;
    exception when others then
      raise warning 'the schedule of list % could not be followed: %', v_schedule.list_id, sqlerrm;
    end;
  end loop;
  return next;
end
$$;
comment on function engine.queue_due_schedules() is
'Queues one run for each due schedule of a list without an open run; returns how many, and how many were skipped. Part of the tick.';
revoke all on function engine.queue_due_schedules() from public;

-- sql/40_functions/schedules/queue_refresh.sql
-- A run of a list and the task that carries it out. It waits as long as it must: only a run that somebody
-- has begun can be abandoned. Without an account to ask, the run fails at once and says so.
create or replace function engine.queue_refresh(p_team_id uuid, p_list_id uuid)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_run_id uuid;
begin
  insert into public.audience_runs (team_id, list_id, list_name, source, is_partial_allowed, started_by, lease_expires_at)
  select l.team_id, l.id, l.name, l.source, true, (select auth.uid()), 'infinity'
  from public.audience_lists as l
  where l.team_id = p_team_id and l.id = p_list_id and l.status = 'ACTIVE'
  on conflict do nothing
  returning id into v_run_id;
  if v_run_id is null then
    return null;
  elsif exists (
    select from public.integrations as i where i.team_id = p_team_id and i.provider = 'servicetitan'
  ) then
    perform engine.add_task(p_team_id, 'refresh', v_run_id);
  else
    perform engine.fail_run(p_team_id, v_run_id, 'not_connected', 'No ServiceTitan account is connected.');
  end if;
  return v_run_id;
end
$$;
comment on function engine.queue_refresh(uuid, uuid) is
'Queues a run of an active list with its task and returns its id; null while the list has one open. Waits for whoever is opening one at this moment.';
revoke all on function engine.queue_refresh(uuid, uuid) from public;

-- sql/40_functions/schedules/refuse_archived_schedule.sql
-- No schedule of an archived list is on, whatever writes it.
create or replace function engine.refuse_archived_schedule()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if exists (
    select from public.audience_lists as l where l.team_id = new.team_id and l.id = new.list_id and l.status = 'ARCHIVED'
  ) then
    perform engine.refuse(
      'OB003', 'The list is archived, so its schedule stays off.',
      jsonb_build_object('entity', 'audience_list', 'id', new.list_id, 'status', 'ARCHIVED'), 'Unarchive it first.'
    );
  end if;
  return new;
end
$$;
comment on function engine.refuse_archived_schedule() is 'Raises OB003 for an enabled schedule of an archived list.';
revoke all on function engine.refuse_archived_schedule() from public;

-- sql/40_functions/schedules/schedule_chip.sql
-- The state of a schedule in one word. A run at work comes first, whoever started it; then what a person
-- must do something about.
create or replace function engine.schedule_chip(
  p_schedule public.audience_schedules, p_open_run public.audience_runs, p_last_run public.audience_runs
)
returns text
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
  v_late timestamptz := engine.now() - engine.schedule_grace();
begin
  return case
    when p_open_run.status = 'RUNNING' or p_open_run.created_at >= v_late then 'running'
    when p_open_run.id is not null then 'overdue'
    when not p_schedule.is_enabled then 'off'
    when p_schedule.next_run_at < v_late then 'overdue'
    when p_last_run.status = 'FAILED' then 'failing'
    else 'on'
  end;
end
$$;
comment on function engine.schedule_chip(public.audience_schedules, public.audience_runs, public.audience_runs) is
'on, off, running, failing or overdue, from a schedule and the open and the last run of its list.';
revoke all on function engine.schedule_chip(public.audience_schedules, public.audience_runs, public.audience_runs) from public;

-- sql/40_functions/schedules/schedule_grace.sql
-- How late a run may be before its schedule is shown as overdue: a few ticks, and the time in which a
-- worker takes up what is queued.
create or replace function engine.schedule_grace()
returns interval
language sql
immutable
parallel safe
set search_path = ''
as $$ select interval '5 minutes' $$;
comment on function engine.schedule_grace() is 'After how long a due run counts as overdue.';
revoke all on function engine.schedule_grace() from public;

-- sql/40_functions/schedules/schedule_issues.sql
-- What keeps an expression and a zone from being a schedule of a list: that they can't be read, that they
-- name no minute that ever comes, or that they ask for more than the tick of each minute can give.
create or replace function engine.schedule_issues(
  p_schedule engine.cron_schedule, p_expression text, p_timezone text
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_issues jsonb := engine.cron_issues(p_schedule, p_expression, p_timezone);
begin
  if v_issues @> '[{"severity": "error"}]' then
    return v_issues;
  elsif p_schedule.every_seconds is not null then
    return v_issues || engine.issue(
      'cron_too_often', 'p_expression', 'A list is refreshed at most once a minute; write * * * * * for every minute.'
    );
  elsif p_schedule.is_at_start then
    return v_issues || engine.issue(
      'cron_without_time', 'p_expression', '@reboot and @restart name no time at which a list could be refreshed.'
    );
  elsif engine.next_cron_wall_time(p_schedule, engine.now()::timestamp) is null then
    return v_issues || engine.issue(
      'cron_never_runs', 'p_expression', 'No day in the calendar fits this expression, so it would never run.'
    );
  end if;
  return v_issues;
end
$$;
comment on function engine.schedule_issues(engine.cron_schedule, text, text) is 'Everything against a schedule of a list; warnings included.';
revoke all on function engine.schedule_issues(engine.cron_schedule, text, text) from public;

-- sql/40_functions/schedules/set_audience_schedule.sql
-- Gives a list a schedule, or another one. The first run is the next one that the expression names: a
-- schedule never catches up on what was before it.
create or replace function public.set_audience_schedule(
  p_list_id uuid, p_expression text, p_timezone text default null, p_is_enabled boolean default true
)
returns jsonb
language plpgsql
security definer -- writes tables that no role may write
set search_path = ''
as $$
declare
  v_is_enabled boolean := coalesce(p_is_enabled, true);
  v_list public.audience_lists := engine.lock_scheduled_list(p_list_id, v_is_enabled);
  v_timezone text := coalesce(p_timezone, (select t.timezone from public.teams as t where t.id = v_list.team_id));
  v_cron engine.cron_schedule := engine.parse_cron(p_expression);
  v_issues jsonb := engine.schedule_issues(v_cron, p_expression, v_timezone);
  v_schedule public.audience_schedules;
begin
  if v_list.source = 'csv' then
    v_issues := v_issues || engine.issue(
      'source_not_refreshable', 'p_list_id', 'The list is filled from files, so there is nothing to refresh it from.'
    );
  elsif v_list.source = 'speed_to_lead' then
    v_issues := v_issues || engine.issue(
      'source_not_refreshable', 'p_list_id', 'Leads come into the list the moment they are there, so there is nothing to schedule.'
    );
  end if;
  perform engine.refuse_issues(v_issues, 'The schedule');
  insert into public.audience_schedules as s (team_id, list_id, expression, timezone, is_enabled, next_run_at)
  values (
    v_list.team_id, v_list.id, p_expression, v_timezone, v_is_enabled,
    case when v_is_enabled then engine.next_run(v_cron, v_timezone, engine.now()) end
  )
  on conflict (team_id, list_id) do update set
    expression = excluded.expression, timezone = excluded.timezone, is_enabled = excluded.is_enabled,
    next_run_at = excluded.next_run_at, updated_at = engine.now()
  returning * into v_schedule;
  return engine.describe_schedule(v_schedule) || jsonb_build_object('warnings', v_issues);
end
$$;
comment on function public.set_audience_schedule(uuid, text, text, boolean) is
'Sets the schedule of a list that can be refreshed; p_timezone null is the team''s. Returns it as list_audience_schedules does, with warnings[]. OB001, OB003, OB004, OB008.';
revoke all on function public.set_audience_schedule(uuid, text, text, boolean) from public;
grant execute on function public.set_audience_schedule(uuid, text, text, boolean) to authenticated, service_role;

-- sql/40_functions/schedules/stop_schedule.sql
-- What an archived list leaves behind: a trigger, so that whoever archives cannot forget it.
create or replace function engine.stop_schedule()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  update public.audience_schedules as s
  set is_enabled = false, next_run_at = null, updated_at = engine.now()
  where s.team_id = new.team_id and s.list_id = new.id and s.is_enabled;
  return null;
end
$$;
comment on function engine.stop_schedule() is 'Turns off the schedule of a list that was archived.';
revoke all on function engine.stop_schedule() from public;

-- sql/40_functions/schedules/toggle_audience_schedule.sql
-- The one switch of a scheduled list. On: the next run is the next that the expression names from now,
-- with no catching up on the time that it was off. Off: nothing is queued any more; a run that is open
-- goes on. Saying what is so already changes nothing.
create or replace function public.toggle_audience_schedule(p_list_id uuid, p_is_enabled boolean)
returns jsonb
language plpgsql
security definer -- writes tables that no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists;
  v_schedule public.audience_schedules;
begin
  if p_is_enabled is null then
    perform engine.refuse_issues(
      jsonb_build_array(engine.issue('switch_missing', 'p_is_enabled', 'Say whether the schedule is to be on or off.')), 'The request'
    );
  end if;
  v_list := engine.lock_scheduled_list(p_list_id, p_is_enabled);
  select * into v_schedule from public.audience_schedules as s where s.team_id = v_list.team_id and s.list_id = v_list.id for update;
  if v_schedule.list_id is null then
    perform engine.refuse_not_found('audience_schedule', p_list_id);
  end if;
  if v_schedule.is_enabled <> p_is_enabled then
    update public.audience_schedules as s
    set
      is_enabled = p_is_enabled,
      next_run_at = case
        when p_is_enabled then engine.next_run(engine.parse_cron(s.expression), s.timezone, engine.now())
      end,
      updated_at = engine.now()
    where s.team_id = v_list.team_id and s.list_id = v_list.id
    returning * into v_schedule;
  end if;
  return engine.describe_schedule(v_schedule);
end
$$;
comment on function public.toggle_audience_schedule(uuid, boolean) is
'Turns the schedule of a list on or off and returns it. OB003 when the list is archived, OB004 when it has none.';
revoke all on function public.toggle_audience_schedule(uuid, boolean) from public;
grant execute on function public.toggle_audience_schedule(uuid, boolean) to authenticated, service_role;

-- sql/40_functions/schedules/wall_instant.sql
-- When the clocks of a zone show a minute. One that is left out when they go forward counts as the first
-- minute after the gap; one that they show twice when they go back counts the first time only.
-- Postgres reads the former with the offset before the change, and the latter with the one after it.
create or replace function engine.wall_instant(p_wall timestamp, p_timezone text)
returns timestamptz
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
  v_at timestamptz := p_wall at time zone p_timezone;
  v_shown timestamp := v_at at time zone p_timezone;
  v_before timestamptz;
begin
  if v_shown <> p_wall then
    -- the change lies within the gap's length before what Postgres found
    return (
      select min(g.at)
      from generate_series(v_at - (v_shown - p_wall), v_at, interval '1 minute') as g (at)
      where (g.at at time zone p_timezone) - (g.at at time zone 'UTC') = v_shown - (v_at at time zone 'UTC')
    );
  end if;
  -- the offset of the day before, if the clocks went back since, shows this minute once before
  v_before := v_at - (((v_at - interval '24 hours') at time zone p_timezone) + interval '24 hours' - v_shown);
  if v_before < v_at and (v_before at time zone p_timezone) = p_wall then
    return v_before;
  end if;
  return v_at;
end
$$;
comment on function engine.wall_instant(timestamp, text) is
'The instant of a wall-clock minute: after a gap when it falls into one, the first of two in an overlap.';
revoke all on function engine.wall_instant(timestamp, text) from public;

-- sql/40_functions/schedules/zoned_time.sql
-- A moment as people in a zone read it, and as every program does: with the offset of the zone.
create or replace function engine.zoned_time(p_at timestamptz, p_timezone text)
returns text
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
  v_offset interval := (p_at at time zone p_timezone) - (p_at at time zone 'UTC');
begin
  return to_char(p_at at time zone p_timezone, 'YYYY-MM-DD"T"HH24:MI:SS')
    || case when v_offset < interval '0' then '-' else '+' end
    || to_char(greatest(v_offset, -v_offset), 'HH24:MI');
end
$$;
comment on function engine.zoned_time(timestamptz, text) is 'ISO 8601 with the offset that a zone has at that moment.';
revoke all on function engine.zoned_time(timestamptz, text) from public;

-- sql/40_functions/servicetitan/finish_catalogue.sql
-- All kinds of a team's catalogue have been read.
create or replace function engine.finish_catalogue(p_team_id uuid, p_catalogue_id uuid)
returns void
language sql
volatile
security definer -- workers may write no table
set search_path = ''
as $$
  update engine.servicetitan_catalogues as c
  set read_at = engine.now(), failure_code = null, failure_message = null
  where c.team_id = p_team_id and c.id = p_catalogue_id
$$;
comment on function engine.finish_catalogue(uuid, uuid) is 'Says that the catalogue is as of now.';
revoke all on function engine.finish_catalogue(uuid, uuid) from public;
grant execute on function engine.finish_catalogue(uuid, uuid) to outbound_worker;

-- sql/40_functions/servicetitan/follow_do_not_text.sql
-- ServiceTitan's doNotText is a suppression of texts with a reason of its own: it stops open texts as any
-- other does, and when ServiceTitan takes the mark back, that lifts this reason and no other. A number
-- stays suppressed while any contact of the team that has it is marked.
create or replace function engine.follow_do_not_text(p_team_id uuid, p_before text[], p_after text[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_lifted text[];
begin
  perform engine.stop_numbers(array(
    select (p_team_id, a.phone, 'text', 'do_not_text', 'servicetitan', null)::engine.stop
    from unnest(p_after) as a (phone)
    where not exists (
      select from public.suppressions as s
      where s.team_id = p_team_id and s.phone = a.phone and s.channel = 'text' and s.reason = 'do_not_text'
    )
    order by a.phone
  ));
  with lifted as (
    delete from public.suppressions as s
    using unnest(p_before) as b (phone)
    where
      s.team_id = p_team_id and s.phone = b.phone and s.channel = 'text' and s.reason = 'do_not_text'
      and not exists (
        select from engine.servicetitan_contacts as c
        where c.team_id = p_team_id and c.phone = b.phone and c.do_not_text and c.is_active
      )
    returning s.phone
  )
  select array_agg(l.phone) into v_lifted from lifted as l;
  insert into public.consent_events (team_id, phone, channel, action, source)
  select p_team_id, l.phone, 'text', 'opt_in', 'servicetitan'
  from unnest(v_lifted) as l (phone);
end
$$;
comment on function engine.follow_do_not_text(uuid, text[], text[]) is
'Suppresses texts to numbers that ServiceTitan marks doNotText, and lifts that where the mark is gone.';
revoke all on function engine.follow_do_not_text(uuid, text[], text[]) from public;

-- sql/40_functions/servicetitan/get_servicetitan_catalogue.sql
-- What people choose from, by the names that things have in ServiceTitan. The copy is refreshed when it is
-- asked for, and by itself when it is older than a day.
create or replace function public.get_servicetitan_catalogue(
  p_kind text, p_refresh boolean default false, p_team_id uuid default null
)
returns jsonb
language plpgsql
security definer -- reads and queues for a caller who was checked
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(
    p_team_id, case when p_refresh then 'operator' else 'viewer' end::public.team_role
  );
  v_state engine.servicetitan_catalogues;
begin
  perform engine.refuse_issues(case
    when p_kind in (
      'tag_types', 'business_units', 'job_types', 'hold_reasons', 'campaigns', 'membership_types', 'report_categories',
      'reports'
    ) then '[]'
    else jsonb_build_array(engine.issue(
      'catalogue_unknown', 'p_kind',
      'There are tag_types, business_units, job_types, hold_reasons, campaigns, membership_types, report_categories and reports.'
    ))
  end, 'The request');
  v_state := engine.wake_catalogue(v_team_id, p_refresh);
  return jsonb_build_object(
    'kind', p_kind, 'as_of', v_state.read_at,
    'is_refreshing', exists (
      select from engine.tasks as t
      where t.team_id = v_team_id and t.kind = 'catalogue' and t.subject_id = v_state.id and t.status in ('READY', 'CLAIMED')
    ),
    'failure_code', v_state.failure_code, 'failure_message', v_state.failure_message,
    'items', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', case when c.id ~ '^[0-9]{1,18}$' then to_jsonb(c.id::bigint) else to_jsonb(c.id) end,
        'name', c.name, 'is_active', c.is_active
      ) || c.detail order by c.name, c.id), '[]')
      from engine.servicetitan_catalogue as c
      where c.team_id = v_team_id and c.kind = p_kind
    )
  );
end
$$;
comment on function public.get_servicetitan_catalogue(text, boolean, uuid) is
'{kind, as_of, is_refreshing, failure_code, failure_message, items[{id, name, is_active, …}]}; p_refresh asks ServiceTitan '
'again. OB007 when that is asked without an account.';
revoke all on function public.get_servicetitan_catalogue(text, boolean, uuid) from public;
grant execute on function public.get_servicetitan_catalogue(text, boolean, uuid) to authenticated, service_role;

-- sql/40_functions/servicetitan/is_source_empty.sql
-- Whether ServiceTitan has not one customer, as far as was read.
create or replace function engine.is_source_empty(p_team_id uuid)
returns boolean
language sql
stable
security definer -- workers may read no table
set search_path = ''
as $$
  select not exists (select from engine.servicetitan_customers as c where c.team_id = p_team_id and c.is_active)
$$;
comment on function engine.is_source_empty(uuid) is 'Whether no active customer of the team is known.';
revoke all on function engine.is_source_empty(uuid) from public;
grant execute on function engine.is_source_empty(uuid) to outbound_worker;

-- sql/40_functions/servicetitan/is_subject_running.sql
-- Whether what a task works for still waits for its result. Holds it so until the transaction ends.
create or replace function engine.is_subject_running(p_team_id uuid, p_subject_id uuid)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  perform from public.audience_runs as r
  where r.team_id = p_team_id and r.id = p_subject_id and r.status = 'RUNNING'
  for share;
  if found then
    return true;
  end if;
  perform from engine.audience_previews as p
  where p.team_id = p_team_id and p.id = p_subject_id and p.status = 'RUNNING'
  for share;
  return found;
end
$$;
comment on function engine.is_subject_running(uuid, uuid) is 'Whether the run or the preview is RUNNING.';
revoke all on function engine.is_subject_running(uuid, uuid) from public;

-- sql/40_functions/servicetitan/numbers_not_to_text.sql
-- The numbers of some contacts that ServiceTitan marks as not to be texted.
create or replace function engine.numbers_not_to_text(p_team_id uuid, p_contact_ids bigint[])
returns text[]
language sql
stable
set search_path = ''
as $$
  select array(
    select distinct c.phone
    from engine.servicetitan_contacts as c
    where c.team_id = p_team_id and c.id = any(p_contact_ids) and c.do_not_text and c.is_active and c.phone is not null
  )
$$;
comment on function engine.numbers_not_to_text(uuid, bigint[]) is 'Numbers among contacts that are marked doNotText.';
revoke all on function engine.numbers_not_to_text(uuid, bigint[]) from public;

-- sql/40_functions/servicetitan/restart_servicetitan_feed.sql
-- A token that ServiceTitan no longer takes: the feed is read from its beginning, which changes only what
-- is new.
create or replace function engine.restart_servicetitan_feed(p_team_id uuid, p_feed text, p_refused text)
returns void
language sql
volatile
security definer -- workers may write no table
set search_path = ''
as $$
  update engine.servicetitan_feeds as f
  set continue_from = null
  where f.team_id = p_team_id and f.feed = p_feed and f.continue_from = p_refused
$$;
comment on function engine.restart_servicetitan_feed(uuid, text, text) is 'Forgets a token that was refused, unless another is stored by now.';
revoke all on function engine.restart_servicetitan_feed(uuid, text, text) from public;
grant execute on function engine.restart_servicetitan_feed(uuid, text, text) to outbound_worker;

-- sql/40_functions/servicetitan/servicetitan_feed.sql
-- Where an export of a team stands.
create or replace function engine.servicetitan_feed(p_team_id uuid, p_feed text)
returns text
language sql
stable
security definer -- workers may read no table
set search_path = ''
as $$
  select f.continue_from from engine.servicetitan_feeds as f where f.team_id = p_team_id and f.feed = p_feed
$$;
comment on function engine.servicetitan_feed(uuid, text) is 'The token from which a feed is read on; null from the beginning.';
revoke all on function engine.servicetitan_feed(uuid, text) from public;
grant execute on function engine.servicetitan_feed(uuid, text) to outbound_worker;

-- sql/40_functions/servicetitan/store_catalogue.sql
-- A whole catalogue as it is now: what is no longer there goes.
create or replace function engine.store_catalogue(p_team_id uuid, p_kind text, p_records jsonb)
returns void
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  delete from engine.servicetitan_catalogue as c
  where
    c.team_id = p_team_id and c.kind = p_kind
    and c.id not in (select r.item ->> 'id' from jsonb_array_elements(p_records) as r (item));
  insert into engine.servicetitan_catalogue as c (team_id, kind, id, name, is_active, detail)
  select distinct on (r.id)
    p_team_id, p_kind, r.id, left(btrim(r.name), 300), coalesce(r.active, true), coalesce(r.detail, '{}')
  from jsonb_to_recordset(p_records) as r (id text, name text, active boolean, detail jsonb)
  where r.id is not null
  order by r.id
  on conflict (team_id, kind, id) do update set
    name = excluded.name, is_active = excluded.is_active, detail = excluded.detail
  where (c.name, c.is_active, c.detail) is distinct from (excluded.name, excluded.is_active, excluded.detail);
end
$$;
comment on function engine.store_catalogue(uuid, text, jsonb) is 'Replaces one kind of catalogue by [{id, name, active, detail}].';
revoke all on function engine.store_catalogue(uuid, text, jsonb) from public;
grant execute on function engine.store_catalogue(uuid, text, jsonb) to outbound_worker;

-- sql/40_functions/servicetitan/store_found.sql
-- Jobs and appointments that a refresh or a preview asked for. The same row again, from another call or
-- after a crash, is the same row. Nothing is stored for what has ended.
create or replace function engine.store_found(p_team_id uuid, p_subject_id uuid, p_kind text, p_records jsonb)
returns bigint
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_count bigint;
begin
  if not engine.is_subject_running(p_team_id, p_subject_id) then
    return 0::bigint;
  elsif p_kind = 'jobs' then
    insert into engine.servicetitan_jobs as k (
      team_id, subject_id, id, customer_id, location_id, status, business_unit_id, job_type_id, campaign_id, tag_ids,
      total, created_at, completed_at, modified_at
    )
    select distinct on (r.id)
      p_team_id, p_subject_id, r.id, r.customer_id, r.location_id, r.job_status, r.business_unit_id, r.job_type_id,
      r.campaign_id, coalesce(r.tag_type_ids, '{}'), r.total, r.created_on, r.completed_on, r.modified_on
    from jsonb_to_recordset(p_records) as r (
      id bigint, customer_id bigint, location_id bigint, job_status text, business_unit_id bigint, job_type_id bigint,
      campaign_id bigint, tag_type_ids bigint[], total numeric, created_on timestamptz, completed_on timestamptz,
      modified_on timestamptz
    )
    order by r.id, r.modified_on desc nulls last
    on conflict (team_id, subject_id, id) do update set
      customer_id = excluded.customer_id, location_id = excluded.location_id, status = excluded.status,
      business_unit_id = excluded.business_unit_id, job_type_id = excluded.job_type_id,
      campaign_id = excluded.campaign_id, tag_ids = excluded.tag_ids, total = excluded.total,
      created_at = excluded.created_at, completed_at = excluded.completed_at, modified_at = excluded.modified_at
    where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  elsif p_kind = 'appointments' then
    insert into engine.servicetitan_appointments as k (
      team_id, subject_id, id, job_id, customer_id, status, starts_at, is_unused, modified_at
    )
    select distinct on (r.id)
      p_team_id, p_subject_id, r.id, r.job_id, r.customer_id, r.status, r.start, coalesce(r.unused, false), r.modified_on
    from jsonb_to_recordset(p_records) as r (
      id bigint, job_id bigint, customer_id bigint, status text, start timestamptz, unused boolean,
      modified_on timestamptz
    )
    order by r.id, r.modified_on desc nulls last
    on conflict (team_id, subject_id, id) do update set
      job_id = excluded.job_id, customer_id = excluded.customer_id, status = excluded.status,
      starts_at = excluded.starts_at, is_unused = excluded.is_unused, modified_at = excluded.modified_at
    where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  end if;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.store_found(uuid, uuid, text, jsonb) is
'Stores jobs or appointments for a running refresh or preview; returns how many are new or changed.';
revoke all on function engine.store_found(uuid, uuid, text, jsonb) from public;
grant execute on function engine.store_found(uuid, uuid, text, jsonb) to outbound_worker;

-- sql/40_functions/servicetitan/store_servicetitan.sql
-- A page of an export: its records and the token to go on from, in one transaction. Whoever reads the same
-- feed at the same time stores its records too, which changes nothing, but only who began where the feed
-- stands moves it on.
create or replace function engine.store_servicetitan(
  p_team_id uuid, p_feed text, p_records jsonb, p_started_from text, p_continue_from text
)
returns text
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_now_from text;
begin
  insert into engine.servicetitan_feeds (team_id, feed)
  values (p_team_id, p_feed)
  on conflict (team_id, feed) do nothing;
  select f.continue_from into v_now_from
  from engine.servicetitan_feeds as f
  where f.team_id = p_team_id and f.feed = p_feed
  for update;
  case p_feed
    when 'customers' then perform engine.store_servicetitan_customers(p_team_id, p_records);
    when 'contacts' then perform engine.store_servicetitan_contacts(p_team_id, p_records);
    when 'locations' then perform engine.store_servicetitan_locations(p_team_id, p_records);
    when 'memberships' then perform engine.store_servicetitan_memberships(p_team_id, p_records);
    when 'recurring_services' then perform engine.store_servicetitan_recurring_services(p_team_id, p_records);
    when 'service_events' then perform engine.store_servicetitan_service_events(p_team_id, p_records);
  end case;
  if v_now_from is not distinct from p_started_from then
    update engine.servicetitan_feeds as f
    set continue_from = nullif(p_continue_from, ''), read_at = engine.now()
    where f.team_id = p_team_id and f.feed = p_feed;
    return nullif(p_continue_from, '');
  end if;
  return v_now_from;
end
$$;
comment on function engine.store_servicetitan(uuid, text, jsonb, text, text) is
'Stores a page of the export p_feed that was read from p_started_from, and its token; returns where the feed stands now.';
revoke all on function engine.store_servicetitan(uuid, text, jsonb, text, text) from public;
grant execute on function engine.store_servicetitan(uuid, text, jsonb, text, text) to outbound_worker;

-- sql/40_functions/servicetitan/store_servicetitan_contacts.sql
-- Contacts of an export; see store_servicetitan_customers. Their numbers are read here, once, by the one
-- phone rule. What ServiceTitan says about texting them is kept as suppressions in the same transaction.
create or replace function engine.store_servicetitan_contacts(p_team_id uuid, p_records jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_before text[];
  v_after text[];
  v_ids bigint[] := array(select (r.item ->> 'id')::bigint from jsonb_array_elements(p_records) as r (item));
  v_count bigint;
begin
  v_before := engine.numbers_not_to_text(p_team_id, v_ids);
  with records as materialized (
    select distinct on (r.id) r.*
    from jsonb_to_recordset(p_records) as r (
      id bigint, active boolean, modified_on timestamptz, customer_id bigint, type text, value text,
      phone_settings jsonb, preferences jsonb
    )
    where r.id is not null
    order by r.id, r.modified_on desc nulls last
  ),
  phones as materialized (
    select row_number() over (order by r.id) as ordinal, r.id, r.value
    from records as r
    where r.type in ('Phone', 'MobilePhone')
  ),
  parsed as materialized (
    select p.ordinal, p.phone
    from public.teams as t
    cross join lateral engine.parse_phones(
      array(select p.value from phones as p order by p.ordinal), t.country, t.is_sandbox
    ) as p
    where t.id = p_team_id
  )
  insert into engine.servicetitan_contacts as k (
    team_id, id, customer_id, kind, value, phone, do_not_text, wants_marketing, is_active, modified_at
  )
  select
    p_team_id, r.id, r.customer_id, r.type, left(btrim(r.value), 200), d.phone,
    coalesce((r.phone_settings ->> 'do_not_text')::boolean, false),
    (r.preferences ->> 'marketing_updates_enabled')::boolean, coalesce(r.active, true), r.modified_on
  from records as r
  left join phones as p on r.id = p.id
  left join parsed as d on p.ordinal = d.ordinal
  on conflict (team_id, id) do update set
    customer_id = excluded.customer_id, kind = excluded.kind, value = excluded.value, phone = excluded.phone,
    do_not_text = excluded.do_not_text, wants_marketing = excluded.wants_marketing,
    is_active = excluded.is_active, modified_at = excluded.modified_at
  where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  get diagnostics v_count = row_count;
  v_after := engine.numbers_not_to_text(p_team_id, v_ids);
  perform engine.follow_do_not_text(p_team_id, v_before, v_after);
  return v_count;
end
$$;
comment on function engine.store_servicetitan_contacts(uuid, jsonb) is
'Stores records of the export contacts, newer over older, and follows doNotText; returns how many changed anything.';
revoke all on function engine.store_servicetitan_contacts(uuid, jsonb) from public;

-- sql/40_functions/servicetitan/store_servicetitan_customers.sql
-- Customers of an export. A row that comes again, or comes late, changes nothing.
create or replace function engine.store_servicetitan_customers(p_team_id uuid, p_records jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_count bigint;
begin
  insert into engine.servicetitan_customers as k (
    team_id, id, name, kind, postal_code, balance, tag_ids, do_not_service, merged_to_id, created_at, is_active,
    modified_at
  )
  select distinct on (r.id)
    p_team_id, r.id, left(btrim(r.name), 300), r.type, left(btrim(r.address ->> 'zip'), 20), r.balance,
    coalesce(r.tag_type_ids, '{}'), coalesce(r.do_not_service, false), nullif(r.merged_to_id, r.id),
    r.created_on, coalesce(r.active, true), r.modified_on
  from jsonb_to_recordset(p_records) as r (
    id bigint, active boolean, modified_on timestamptz, created_on timestamptz, name text, type text,
    address jsonb, tag_type_ids bigint[], balance numeric, do_not_service boolean, merged_to_id bigint
  )
  where r.id is not null
  order by r.id, r.modified_on desc nulls last
  on conflict (team_id, id) do update set
    name = excluded.name, kind = excluded.kind, postal_code = excluded.postal_code, balance = excluded.balance,
    tag_ids = excluded.tag_ids, do_not_service = excluded.do_not_service, merged_to_id = excluded.merged_to_id,
    created_at = excluded.created_at,
    is_active = excluded.is_active, modified_at = excluded.modified_at
  where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.store_servicetitan_customers(uuid, jsonb) is
'Stores records of the export customers, newer over older; returns how many changed anything.';
revoke all on function engine.store_servicetitan_customers(uuid, jsonb) from public;

-- sql/40_functions/servicetitan/store_servicetitan_locations.sql
-- Locations of an export; see store_servicetitan_customers.
create or replace function engine.store_servicetitan_locations(p_team_id uuid, p_records jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_count bigint;
begin
  insert into engine.servicetitan_locations as k (
    team_id, id, customer_id, postal_code, tag_ids, merged_to_id, is_active, modified_at
  )
  select distinct on (r.id)
    p_team_id, r.id, r.customer_id, left(btrim(r.address ->> 'zip'), 20), coalesce(r.tag_type_ids, '{}'),
    nullif(r.merged_to_id, r.id), coalesce(r.active, true), r.modified_on
  from jsonb_to_recordset(p_records) as r (
    id bigint, active boolean, modified_on timestamptz, customer_id bigint, address jsonb,
    tag_type_ids bigint[], merged_to_id bigint
  )
  where r.id is not null
  order by r.id, r.modified_on desc nulls last
  on conflict (team_id, id) do update set
    customer_id = excluded.customer_id, postal_code = excluded.postal_code, tag_ids = excluded.tag_ids,
    merged_to_id = excluded.merged_to_id,
    is_active = excluded.is_active, modified_at = excluded.modified_at
  where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.store_servicetitan_locations(uuid, jsonb) is
'Stores records of the export locations, newer over older; returns how many changed anything.';
revoke all on function engine.store_servicetitan_locations(uuid, jsonb) from public;

-- sql/40_functions/servicetitan/store_servicetitan_memberships.sql
-- Memberships of an export; see store_servicetitan_customers.
create or replace function engine.store_servicetitan_memberships(p_team_id uuid, p_records jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_count bigint;
begin
  insert into engine.servicetitan_memberships as k (
    team_id, id, customer_id, location_id, status, type_id, business_unit_id, starts_at, ends_at, is_active,
    modified_at
  )
  select distinct on (r.id)
    p_team_id, r.id, r.customer_id, r.location_id, r.status, r.membership_type_id, r.business_unit_id,
    r.starts_on, r.ends_on, coalesce(r.active, true), r.modified_on
  from jsonb_to_recordset(p_records) as r (
    id bigint, active boolean, modified_on timestamptz, customer_id bigint, location_id bigint, status text,
    membership_type_id bigint, business_unit_id bigint, starts_on timestamptz, ends_on timestamptz
  )
  where r.id is not null
  order by r.id, r.modified_on desc nulls last
  on conflict (team_id, id) do update set
    customer_id = excluded.customer_id, location_id = excluded.location_id, status = excluded.status,
    type_id = excluded.type_id, business_unit_id = excluded.business_unit_id, starts_at = excluded.starts_at,
    ends_at = excluded.ends_at,
    is_active = excluded.is_active, modified_at = excluded.modified_at
  where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.store_servicetitan_memberships(uuid, jsonb) is
'Stores records of the export memberships, newer over older; returns how many changed anything.';
revoke all on function engine.store_servicetitan_memberships(uuid, jsonb) from public;

-- sql/40_functions/servicetitan/store_servicetitan_recurring_services.sql
-- Recurring services of an export; see store_servicetitan_customers.
create or replace function engine.store_servicetitan_recurring_services(p_team_id uuid, p_records jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_count bigint;
begin
  insert into engine.servicetitan_recurring_services as k (
    team_id, id, membership_id, location_id, type_id, business_unit_id, job_type_id, is_active, modified_at
  )
  select distinct on (r.id)
    p_team_id, r.id, r.membership_id, r.location_id, r.recurring_service_type_id, r.business_unit_id,
    r.job_type_id, coalesce(r.active, true), r.modified_on
  from jsonb_to_recordset(p_records) as r (
    id bigint, active boolean, modified_on timestamptz, membership_id bigint, location_id bigint,
    recurring_service_type_id bigint, business_unit_id bigint, job_type_id bigint
  )
  where r.id is not null
  order by r.id, r.modified_on desc nulls last
  on conflict (team_id, id) do update set
    membership_id = excluded.membership_id, location_id = excluded.location_id, type_id = excluded.type_id,
    business_unit_id = excluded.business_unit_id, job_type_id = excluded.job_type_id,
    is_active = excluded.is_active, modified_at = excluded.modified_at
  where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.store_servicetitan_recurring_services(uuid, jsonb) is
'Stores records of the export recurring_services, newer over older; returns how many changed anything.';
revoke all on function engine.store_servicetitan_recurring_services(uuid, jsonb) from public;

-- sql/40_functions/servicetitan/store_servicetitan_service_events.sql
-- Recurring service events of an export; see store_servicetitan_customers.
create or replace function engine.store_servicetitan_service_events(p_team_id uuid, p_records jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_count bigint;
begin
  insert into engine.servicetitan_service_events as k (
    team_id, id, recurring_service_id, membership_id, status, due_at, job_id, is_active, modified_at
  )
  select distinct on (r.id)
    p_team_id, r.id, r.location_recurring_service_id, r.membership_id, r.status, r.date, r.job_id,
    coalesce(r.active, true), r.modified_on
  from jsonb_to_recordset(p_records) as r (
    id bigint, active boolean, modified_on timestamptz, location_recurring_service_id bigint,
    membership_id bigint, status text, date timestamptz, job_id bigint
  )
  where r.id is not null
  order by r.id, r.modified_on desc nulls last
  on conflict (team_id, id) do update set
    recurring_service_id = excluded.recurring_service_id, membership_id = excluded.membership_id,
    status = excluded.status, due_at = excluded.due_at, job_id = excluded.job_id,
    is_active = excluded.is_active, modified_at = excluded.modified_at
  where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.store_servicetitan_service_events(uuid, jsonb) is
'Stores records of the export service_events, newer over older; returns how many changed anything.';
revoke all on function engine.store_servicetitan_service_events(uuid, jsonb) from public;

-- sql/40_functions/servicetitan/wake_catalogue.sql
-- Queues the refresh of a catalogue when somebody asks for it, or when it is old and there is an account
-- that can be asked. A failure is tried again only when somebody asks.
create or replace function engine.wake_catalogue(p_team_id uuid, p_is_asked boolean)
returns engine.servicetitan_catalogues
language plpgsql
set search_path = ''
as $$
declare
  v_state engine.servicetitan_catalogues;
begin
  if p_is_asked then
    perform engine.require_servicetitan(p_team_id);
  end if;
  insert into engine.servicetitan_catalogues as c (team_id)
  values (p_team_id)
  on conflict (team_id) do nothing;
  select c.* into v_state from engine.servicetitan_catalogues as c where c.team_id = p_team_id;
  if p_is_asked or (
    v_state.failure_code is null and (v_state.read_at is null or v_state.read_at < engine.now() - interval '1 day') and exists (
      select from public.integrations as i where i.team_id = p_team_id and i.provider = 'servicetitan' and i.status = 'ACTIVE'
    )
  ) then
    perform engine.add_task(p_team_id, 'catalogue', v_state.id);
  end if;
  return v_state;
end
$$;
comment on function engine.wake_catalogue(uuid, boolean) is 'The state of a team''s catalogue, its refresh queued where it is due.';
revoke all on function engine.wake_catalogue(uuid, boolean) from public;

-- sql/40_functions/setup/assistant_template_issues.sql
-- What an assistant for texts writes obeys the rules of templates in a graph, but without overrides: it
-- must be fit for any node. The registry puts what is wrong into words.
create or replace function engine.assistant_template_issues(p_channel public.contact_channel, p_template text)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  if p_channel = 'call' and p_template is not null then
    return jsonb_build_array(engine.issue(
      'template_unfit', 'p_template', 'An assistant for calls speaks for itself; only one for texts has a template.'
    ));
  elsif p_channel = 'text' and (p_template is null or btrim(p_template, E' \t\r\n') = '') then
    return jsonb_build_array(engine.issue(
      'template_required', 'p_template', 'An assistant for texts needs the template that it writes.'
    ));
  elsif p_channel = 'text' and length(p_template) > 1600 then
    return jsonb_build_array(engine.issue(
      'template_invalid', 'p_template', 'The template must have at most 1600 characters.'
    ));
  end if;
  return (
    select coalesce(jsonb_agg(
      engine.issue(c.code, 'p_template', format(c.message || ' ' || c.cure, variadic array['The assistant'] || i.words))
      order by c.code, i.words
    ), '[]')
    from engine.template_issues(
      jsonb_build_array(jsonb_build_object('data', jsonb_build_object('template', p_template))),
      array[(0, null, 'text', null, null)::engine.graph_node]
    ) as i
    inner join reference.validation_codes as c on i.code = c.code
  );
end
$$;
comment on function engine.assistant_template_issues(public.contact_channel, text) is
'Problems of the template of an assistant for this channel, as issues.';
revoke all on function engine.assistant_template_issues(public.contact_channel, text) from public;

-- sql/40_functions/setup/become_sandbox.sql
-- Turns an empty database into a sandbox, for good: a database that ever held a real team keeps
-- real time.
create or replace function engine.become_sandbox()
returns void
language plpgsql
security definer -- writes the deployment row
set search_path = ''
as $$
begin
  lock table public.teams in share mode;
  if exists (select from public.teams)
    and exists (select from engine.deployment where environment = 'production')
  then
    perform engine.refuse(
      'OB002',
      'Only an empty database can become a sandbox; this one has teams.',
      jsonb_build_object(
        'entity', 'deployment', 'id', null, 'from', 'production', 'to', 'sandbox', 'allowed', '[]'::jsonb
      ),
      'Use a new database for rehearsals.'
    );
  end if;
  update engine.deployment set environment = 'sandbox';
end
$$;
comment on function engine.become_sandbox() is 'Makes an empty database a sandbox, whose clock can be set. One-way.';
revoke all on function engine.become_sandbox() from public;

-- sql/40_functions/setup/create_team.sql
-- A new tenant. Only a backend with the service key makes one; its people are added after.
create or replace function public.create_team(
  p_name text,
  p_timezone text default 'America/New_York',
  p_country text default 'US',
  p_is_sandbox boolean default false
)
returns public.teams
language plpgsql
security definer -- writes public.teams, which no role may write
set search_path = ''
as $$
declare
  v_team public.teams;
  v_issues jsonb := '[]'::jsonb;
begin
  if not engine.caller_is_service() then
    perform engine.refuse('OB008', 'Only a service can create a team.', '{"role": null, "needs": "service_role"}');
  end if;
  if coalesce(btrim(p_name), '') = '' or length(btrim(p_name)) > 200 then
    v_issues := v_issues || engine.issue('name_length', 'p_name', 'The name must have 1 to 200 characters.');
  end if;
  if not engine.is_timezone(p_timezone) then
    v_issues := v_issues || engine.issue('timezone_unknown', 'p_timezone', 'The time zone must be an IANA name, such as America/Denver.');
  end if;
  if p_country is null or p_country !~ '^[A-Z]{2}$' then
    v_issues := v_issues || engine.issue('country_unknown', 'p_country', 'The country must be two capital letters, such as US.');
  end if;
  perform engine.refuse_issues(v_issues, 'The team');
  insert into public.teams (name, timezone, country, is_sandbox)
  values (btrim(p_name), p_timezone, p_country, coalesce(p_is_sandbox, false))
  returning * into v_team;
  return v_team;
end
$$;
comment on function public.create_team(text, text, text, boolean) is 'Creates a team. Service role only.';
revoke all on function public.create_team(text, text, text, boolean) from public;
grant execute on function public.create_team(text, text, text, boolean) to service_role;

-- sql/40_functions/setup/find_integration.sql
-- Which secret verifies a message that names a provider's account. The receiver asks; it sees names
-- of secrets, never a team's rows.
create or replace function engine.find_integration(p_provider public.provider, p_account_ref text)
returns table (team_id uuid, secret_name text)
language sql
stable
security definer -- the receiver may read no table
set search_path = ''
as $$
  select i.team_id, i.secret_name
  from public.integrations as i
  where i.provider = p_provider and i.account_ref = p_account_ref
$$;
comment on function engine.find_integration(public.provider, text) is
'Teams and secret names of a provider account, for verifying its messages.';
revoke all on function engine.find_integration(public.provider, text) from public;
grant execute on function engine.find_integration(public.provider, text) to outbound_worker;

-- sql/40_functions/setup/read_clock.sql
-- What the sandbox's driver reads before it moves the clock.
create or replace function engine.read_clock()
returns table (at timestamptz, rate double precision, environment text)
language sql
stable
security definer -- reads the deployment row for workers
set search_path = ''
as $$
  select engine.now(), clock_rate, environment from engine.deployment
$$;
comment on function engine.read_clock() is 'The campaign time, how fast it runs, and whether this is production or a sandbox.';
revoke all on function engine.read_clock() from public;
grant execute on function engine.read_clock() to outbound_worker;

-- sql/40_functions/setup/set_clock.sql
-- Sets the sandbox's clock. It never runs backwards: what happened stays in the past. What time alone
-- changes is done at once, as in a real day of which no minute is skipped.
create or replace function engine.set_clock(p_at timestamptz, p_rate double precision default 1)
returns timestamptz
language plpgsql
security definer -- writes the deployment row
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
declare
  v_environment text;
begin
  select environment into v_environment from engine.deployment for update;
  if v_environment <> 'sandbox' then
    perform engine.refuse(
      'OB002',
      'The clock of a production database cannot be set.',
      jsonb_build_object(
        'entity', 'deployment', 'id', null, 'from', v_environment, 'to', 'clock_set', 'allowed', '[]'::jsonb
      ),
      'Only a sandbox has a clock that can be set.'
    );
  end if;
  update engine.deployment
  set
    clock_at = greatest(p_at, case when clock_at is null then p_at else engine.now() end),
    clock_set_at = statement_timestamp(),
    clock_rate = coalesce(p_rate, 1);
  perform engine.tick();
  -- Time has jumped: every worker looks again, whatever it waits for.
  perform pg_notify('outbound_jobs', '');
  return engine.now();
end
$$;
comment on function engine.set_clock(timestamptz, double precision) is
'Sets the sandbox''s clock and its rate (0 freezes it, 1 is real time); once set it never goes back. OB002 in production.';
revoke all on function engine.set_clock(timestamptz, double precision) from public;
grant execute on function engine.set_clock(timestamptz, double precision) to outbound_worker;

-- sql/40_functions/setup/set_team_member.sql
-- Adds a person to a team or changes a role. A team keeps at least one admin, or nobody could ever
-- manage it again.
create or replace function public.set_team_member(
  p_user_id uuid,
  p_role public.team_role,
  p_team_id uuid default null
)
returns public.team_members
language plpgsql
security definer -- writes public.team_members, which no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
  v_member public.team_members;
begin
  perform from public.teams where id = v_team_id for update;
  if not exists (select from auth.users where id = p_user_id) then
    perform engine.refuse_not_found('user', p_user_id);
  end if;
  if p_role is null then
    perform engine.refuse_issues(
      jsonb_build_array(engine.issue('role_required', 'p_role', 'Say which role: viewer, operator or admin.')),
      'The member'
    );
  end if;
  if p_role <> 'admin' and not engine.caller_is_service() and not exists (
    select from public.team_members
    where team_id = v_team_id and role = 'admin' and user_id <> p_user_id
  ) then
    perform engine.refuse(
      'OB005',
      'The team would be left without an admin.',
      jsonb_build_object('entity', 'team', 'id', v_team_id, 'used_by', jsonb_build_array(p_user_id)),
      'Make someone else an admin first.'
    );
  end if;
  insert into public.team_members (team_id, user_id, role)
  values (v_team_id, p_user_id, p_role)
  on conflict (team_id, user_id) do update set role = excluded.role
  returning * into v_member;
  return v_member;
end
$$;
comment on function public.set_team_member(uuid, public.team_role, uuid) is
'Adds a member or changes the role. Admin only; OB005 when no admin would be left.';
revoke all on function public.set_team_member(uuid, public.team_role, uuid) from public;
grant execute on function public.set_team_member(uuid, public.team_role, uuid) to authenticated, service_role;

-- sql/40_functions/setup/upsert_assistant.sql
-- Registers an assistant that workflow nodes may name, keyed by the provider's own id. What a published
-- workflow sends does not change with it: that was copied when it was published.
create or replace function public.upsert_assistant(
  p_name text,
  p_provider_assistant_id text,
  p_channel public.contact_channel default 'call',
  p_is_active boolean default true,
  p_team_id uuid default null,
  p_template text default null
)
returns public.assistants
language plpgsql
security definer -- writes public.assistants, which no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
  v_issues jsonb := '[]'::jsonb;
  v_assistant public.assistants;
begin
  if coalesce(btrim(p_name), '') = '' or length(btrim(p_name)) > 200 then
    v_issues := v_issues || engine.issue('name_length', 'p_name', 'The name must have 1 to 200 characters.');
  end if;
  if coalesce(btrim(p_provider_assistant_id), '') = '' or length(p_provider_assistant_id) > 200 then
    v_issues := v_issues || engine.issue(
      'provider_id_required', 'p_provider_assistant_id', 'The provider''s id of the assistant is missing or too long.'
    );
  end if;
  if p_channel is null then
    v_issues := v_issues || engine.issue('channel_required', 'p_channel', 'Say which channel: call or text.');
  end if;
  v_issues := v_issues || engine.assistant_template_issues(p_channel, p_template);
  perform engine.refuse_issues(v_issues, 'The assistant');
  insert into public.assistants (team_id, name, channel, provider_assistant_id, is_active, template)
  values (
    v_team_id, btrim(p_name), p_channel, btrim(p_provider_assistant_id), coalesce(p_is_active, true), p_template
  )
  on conflict (team_id, provider_assistant_id, channel)
  do update set name = excluded.name, is_active = excluded.is_active, template = excluded.template
  returning * into v_assistant;
  return v_assistant;
end
$$;
comment on function public.upsert_assistant(text, text, public.contact_channel, boolean, uuid, text) is
'Adds or changes an assistant, keyed by the provider''s id and the channel. One for texts has the template that it writes, '
'with the variables of workflow templates; published workflows keep the one that they were published with. Admin only.';
revoke all on function public.upsert_assistant(text, text, public.contact_channel, boolean, uuid, text) from public;
grant execute on function public.upsert_assistant(text, text, public.contact_channel, boolean, uuid, text)
to authenticated, service_role;

-- sql/40_functions/setup/upsert_integration.sql
-- Connects a provider account. What is stored is the name of its secret; workers hold the secret.
-- Saving an integration also lifts a pause: whoever saves it says that the cause is mended.
-- Only a backend with the service key may call it: the names of secrets are shared by the teams of a
-- deployment, and a team that could choose one could spend another team's money.
create or replace function public.upsert_integration(
  p_provider public.provider,
  p_secret_name text,
  p_account_ref text default null,
  p_concurrency_limit integer default 10,
  p_is_sandbox boolean default false,
  p_team_id uuid default null
)
returns public.integrations
language plpgsql
security definer -- writes public.integrations, which no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
  v_issues jsonb := '[]'::jsonb;
  v_integration public.integrations;
begin
  if p_provider is null then
    v_issues := v_issues || engine.issue('provider_required', 'p_provider', 'Say which provider.');
  end if;
  if p_secret_name is null or p_secret_name !~ '^[A-Z][A-Z0-9_]{0,62}$' then
    v_issues := v_issues || engine.issue(
      'secret_name_malformed', 'p_secret_name',
      'The secret''s name must be capital letters, digits and underscores; never the secret itself.'
    );
  end if;
  if p_provider = 'twilio' and coalesce(p_account_ref, '') !~ '^AC[0-9a-f]{32}$' then
    v_issues := v_issues || engine.issue(
      'account_sid_malformed', 'p_account_ref', 'A Twilio account SID is AC and 32 hexadecimal digits.'
    );
  end if;
  if p_concurrency_limit is null or p_concurrency_limit not between 1 and 10000 then
    v_issues := v_issues || engine.issue(
      'concurrency_range', 'p_concurrency_limit', 'The limit of calls at once must be between 1 and 10000.'
    );
  end if;
  perform engine.refuse_issues(v_issues, 'The integration');
  insert into public.integrations (team_id, provider, secret_name, account_ref, concurrency_limit, is_sandbox)
  values (v_team_id, p_provider, p_secret_name, p_account_ref, p_concurrency_limit, coalesce(p_is_sandbox, false))
  on conflict (team_id, provider) do update set
    secret_name = excluded.secret_name,
    account_ref = excluded.account_ref,
    concurrency_limit = excluded.concurrency_limit,
    is_sandbox = excluded.is_sandbox,
    status = 'ACTIVE',
    paused_reason = null,
    paused_at = null
  returning * into v_integration;
  return v_integration;
end
$$;
comment on function public.upsert_integration(public.provider, text, text, integer, boolean, uuid) is
'Connects or changes a provider account and lifts its pause. Service role only.';
revoke all on function public.upsert_integration(public.provider, text, text, integer, boolean, uuid) from public;
grant execute on function public.upsert_integration(public.provider, text, text, integer, boolean, uuid)
to service_role;

-- sql/40_functions/setup/upsert_phone_number.sql
-- Registers a number that the team sends from. The engine trusts the verification flags, so only an
-- admin sets them.
create or replace function public.upsert_phone_number(
  p_phone text,
  p_label text default null,
  p_vapi_phone_number_id text default null,
  p_is_verified_for_calls boolean default false,
  p_is_verified_for_texts boolean default false,
  p_team_id uuid default null
)
returns public.phone_numbers
language plpgsql
security definer -- writes public.phone_numbers, which no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
  v_team public.teams;
  v_parsed record;
  v_issues jsonb := '[]'::jsonb;
  v_number public.phone_numbers;
begin
  select * into v_team from public.teams where id = v_team_id;
  select * into v_parsed from engine.parse_phone(p_phone, v_team.country, v_team.is_sandbox);
  if v_parsed.phone is null then
    v_issues := v_issues || engine.issue(coalesce(v_parsed.problem, 'phone_missing'), 'p_phone', 'The number is not a valid phone number.');
  end if;
  if coalesce(p_is_verified_for_calls, false) and coalesce(btrim(p_vapi_phone_number_id), '') = '' then
    v_issues := v_issues || engine.issue(
      'vapi_id_required', 'p_vapi_phone_number_id', 'A number that is verified for calls needs its Vapi id.'
    );
  end if;
  perform engine.refuse_issues(v_issues, 'The phone number');
  insert into public.phone_numbers (
    team_id, phone, label, vapi_phone_number_id, is_verified_for_calls, is_verified_for_texts
  )
  values (
    v_team_id, v_parsed.phone, nullif(btrim(p_label), ''), nullif(btrim(p_vapi_phone_number_id), ''),
    coalesce(p_is_verified_for_calls, false), coalesce(p_is_verified_for_texts, false)
  )
  on conflict (team_id, phone) do update set
    label = excluded.label,
    vapi_phone_number_id = excluded.vapi_phone_number_id,
    is_verified_for_calls = excluded.is_verified_for_calls,
    is_verified_for_texts = excluded.is_verified_for_texts
  returning * into v_number;
  return v_number;
end
$$;
comment on function public.upsert_phone_number(text, text, text, boolean, boolean, uuid) is
'Adds or changes a sending number, keyed by the number. Admin only.';
revoke all on function public.upsert_phone_number(text, text, text, boolean, boolean, uuid) from public;
grant execute on function public.upsert_phone_number(text, text, text, boolean, boolean, uuid)
to authenticated, service_role;

-- sql/40_functions/tasks/add_task.sql
-- Puts work for ServiceTitan into the queue, once for a subject while that is open. A team without an
-- account there is told so before anything is queued.
create or replace function engine.add_task(
  p_team_id uuid,
  p_kind engine.task_kind,
  p_subject_id uuid,
  p_run_at timestamptz default engine.now()
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_integration_id uuid;
  v_task_id uuid;
begin
  select i.id into v_integration_id
  from public.integrations as i
  where i.team_id = p_team_id and i.provider = 'servicetitan';
  if v_integration_id is null then
    perform engine.refuse(
      'OB007', 'No ServiceTitan account is connected.',
      jsonb_build_object('blockers', jsonb_build_array(jsonb_build_object(
        'code', 'integration_missing_servicetitan', 'message', 'No ServiceTitan account is connected.'
      ))),
      'Connect the account first: an admin can, with upsert_integration.'
    );
  end if;
  insert into engine.tasks (team_id, kind, subject_id, integration_id, run_at)
  values (p_team_id, p_kind, p_subject_id, v_integration_id, p_run_at)
  on conflict (team_id, kind, subject_id) where status in ('READY', 'CLAIMED') do nothing
  returning id into v_task_id;
  if v_task_id is not null and p_run_at <= engine.now() then
    perform pg_notify('outbound_jobs', 'task');
  end if;
  return v_task_id;
end
$$;
comment on function engine.add_task(uuid, engine.task_kind, uuid, timestamptz) is
'Queues a task for a subject and wakes workers; null when the subject has an open one. OB007 without an account.';
revoke all on function engine.add_task(uuid, engine.task_kind, uuid, timestamptz) from public;

-- sql/40_functions/tasks/checkpoint_task.sql
-- Remembers how far a task has come, and keeps it the worker's own. A worker that is told no has lost it
-- and must stop: somebody else goes on from the last checkpoint.
create or replace function engine.checkpoint_task(
  p_worker text, p_task_id uuid, p_progress jsonb, p_lease interval default '120 seconds'
)
returns boolean
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  update engine.tasks as t
  set progress = coalesce(p_progress, t.progress), lease_expires_at = engine.now() + p_lease
  where t.id = p_task_id and t.status = 'CLAIMED' and t.lease_owner = p_worker and t.lease_expires_at > engine.now();
  return found;
end
$$;
comment on function engine.checkpoint_task(text, uuid, jsonb, interval) is
'Renews the lease of a task and stores its progress (null: as it was); false when the worker no longer holds it.';
revoke all on function engine.checkpoint_task(text, uuid, jsonb, interval) from public;
grant execute on function engine.checkpoint_task(text, uuid, jsonb, interval) to outbound_worker;

-- sql/40_functions/tasks/claim_tasks.sql
-- Leases due tasks, the most urgent kind first. Rows of other workers are skipped, never waited for.
create or replace function engine.claim_tasks(
  p_worker text,
  p_kinds text[],
  p_limit integer,
  p_lease interval default '120 seconds'
)
returns table (
  team_id uuid, task_id uuid, kind text, subject_id uuid, secret_name text, account_ref text, is_sandbox boolean,
  attempt_number integer, progress jsonb
)
language sql
volatile
security definer -- workers may read no table
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
  update engine.tasks as t
  set
    status = 'CLAIMED', lease_owner = p_worker, lease_expires_at = engine.now() + p_lease,
    attempt_count = t.attempt_count + 1
  from (
    select d.team_id, d.id, i.secret_name, i.account_ref, i.is_sandbox
    from engine.tasks as d
    inner join public.integrations as i on d.team_id = i.team_id and d.integration_id = i.id
    where d.status = 'READY' and d.run_at <= engine.now() and d.kind::text = any(p_kinds) and i.status = 'ACTIVE'
    order by d.kind, d.run_at, d.id
    limit p_limit
    for update of d skip locked
  ) as c
  where t.team_id = c.team_id and t.id = c.id
  returning
    t.team_id, t.id, t.kind::text, t.subject_id, c.secret_name, c.account_ref, c.is_sandbox, t.attempt_count, t.progress
$$;
comment on function engine.claim_tasks(text, text[], integer, interval) is
'Leases up to p_limit due tasks of the kinds, with what the worker needs to reach the account and where to go on.';
revoke all on function engine.claim_tasks(text, text[], integer, interval) from public;
grant execute on function engine.claim_tasks(text, text[], integer, interval) to outbound_worker;

-- sql/40_functions/tasks/end_task.sql
-- What came of a task. done and failed end it; later puts it off, for as long as the provider asked or
-- with back-off; paused stops the whole account, with the reason that operators see, and leaves the
-- task for when it is mended. Only the worker that holds it may say so; a late word changes nothing.
create or replace function engine.end_task(
  p_worker text,
  p_task_id uuid,
  p_verdict text,
  p_code text default null,
  p_message text default null,
  p_retry_after_seconds double precision default null
)
returns text
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_task engine.tasks;
begin
  if p_verdict is null or p_verdict not in ('done', 'later', 'failed', 'paused') then
    perform engine.refuse('OB001', 'A task ends as done, later, failed or paused.', '[]');
  end if;
  select t.* into v_task
  from engine.tasks as t
  where t.id = p_task_id and t.status = 'CLAIMED' and t.lease_owner = p_worker
  for update;
  if v_task.id is null then
    return null;
  end if;
  if p_verdict = 'done' then
    update engine.tasks as t
    set status = 'DONE', finished_at = engine.now(), lease_owner = null, lease_expires_at = null
    where t.team_id = v_task.team_id and t.id = v_task.id;
    return 'DONE';
  end if;
  if p_verdict = 'paused' then
    update public.integrations as i
    set status = 'PAUSED', paused_at = engine.now(), paused_reason = left(coalesce(p_message, p_code, 'unknown'), 500)
    where i.team_id = v_task.team_id and i.id = v_task.integration_id and i.status = 'ACTIVE';
  end if;
  -- Waiting that the provider or the account asks for is no failure of the task.
  if p_verdict = 'paused' or (p_verdict = 'later' and p_retry_after_seconds is not null) then
    v_task.attempt_count := v_task.attempt_count - 1;
  end if;
  return engine.put_task_off(
    v_task, p_verdict = 'failed', coalesce(p_code, 'unknown'), coalesce(p_message, 'No reason was given.'),
    engine.back_off(v_task.attempt_count, p_retry_after_seconds)
  );
end
$$;
comment on function engine.end_task(text, uuid, text, text, text, double precision) is
'Records done, later, failed or paused of a task that the worker holds; returns its status, null when it is not held.';
revoke all on function engine.end_task(text, uuid, text, text, text, double precision) from public;
grant execute on function engine.end_task(text, uuid, text, text, text, double precision) to outbound_worker;

-- sql/40_functions/tasks/expire_tasks.sql
-- Tasks whose worker went silent: somebody else goes on from the last checkpoint. A loop, because what a
-- failed one was for is told one by one; there are as many as workers died with.
create or replace function engine.expire_tasks()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_task engine.tasks;
  v_count integer := 0;
begin
  for v_task in
    select t.*
    from engine.tasks as t
    where t.status = 'CLAIMED' and t.lease_expires_at <= engine.now()
    order by t.id
    for update skip locked
  loop
    perform engine.put_task_off(
      v_task, false, 'lease_expired', 'Whoever worked on this stopped without a word.', interval '0'
    );
    v_count := v_count + 1;
  end loop;
  delete from engine.tasks as t where t.status in ('DONE', 'FAILED') and t.finished_at < engine.now() - interval '30 days';
  return v_count;
end
$$;
comment on function engine.expire_tasks() is 'Takes tasks back from silent workers and removes old ones; returns how many it took back.';
revoke all on function engine.expire_tasks() from public;

-- sql/40_functions/tasks/fail_task_subject.sql
-- What the failure of a task means for what it was for: one branch a kind, and the one place that knows.
create or replace function engine.fail_task_subject(
  p_team_id uuid, p_kind engine.task_kind, p_subject_id uuid, p_code text, p_message text
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_kind = 'refresh' and exists (
    select from public.audience_runs as r
    where r.team_id = p_team_id and r.id = p_subject_id and r.status in ('QUEUED', 'RUNNING')
  ) then
    perform engine.fail_run(p_team_id, p_subject_id, p_code, p_message);
  elsif p_kind = 'preview' then
    perform engine.end_preview(p_team_id, p_subject_id, null, p_code, p_message);
  elsif p_kind = 'catalogue' then
    update engine.servicetitan_catalogues as c
    set failure_code = p_code, failure_message = p_message
    where c.team_id = p_team_id and c.id = p_subject_id;
  end if;
end
$$;
comment on function engine.fail_task_subject(uuid, engine.task_kind, uuid, text, text) is
'Fails the run, preview, item or catalogue that a failed task was for.';
revoke all on function engine.fail_task_subject(uuid, engine.task_kind, uuid, text, text) from public;

-- sql/40_functions/tasks/put_task_off.sql
-- A task that did not get done: READY again after a while, or FAILED when it is for good or was begun too
-- often, and then what it was for is told.
create or replace function engine.put_task_off(
  p_task engine.tasks, p_is_final boolean, p_code text, p_message text, p_wait interval
)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_is_final boolean := p_is_final or p_task.attempt_count >= engine.task_attempts();
begin
  update engine.tasks as t
  set
    status = case when v_is_final then 'FAILED' else 'READY' end::engine.task_status,
    run_at = case when v_is_final then t.run_at else engine.now() + p_wait end,
    attempt_count = p_task.attempt_count,
    failure_code = left(p_code, 100), failure_message = left(p_message, 2000),
    finished_at = case when v_is_final then engine.now() end,
    lease_owner = null, lease_expires_at = null
  where t.team_id = p_task.team_id and t.id = p_task.id;
  if v_is_final then
    perform engine.fail_task_subject(p_task.team_id, p_task.kind, p_task.subject_id, left(p_code, 100), left(p_message, 2000));
    return 'FAILED';
  end if;
  return 'READY';
end
$$;
comment on function engine.put_task_off(engine.tasks, boolean, text, text, interval) is
'Puts a task off, or fails it and tells what it was for; returns its status.';
revoke all on function engine.put_task_off(engine.tasks, boolean, text, text, interval) from public;

-- sql/40_functions/tasks/take_slots.sql
-- The shared rate limit: a leaky bucket, as the time from which the next request may go out. Every slot
-- moves it on by one request's share; it may lie behind by a burst, and what would lie ahead waits.
-- Real time, because the provider counts real seconds, whatever the campaign clock of a sandbox says.
create or replace function engine.take_slots(p_key text, p_per_second double precision, p_burst integer, p_wanted integer)
returns table (granted integer, retry_after_seconds double precision)
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_now timestamptz := clock_timestamp();
  v_share interval;
  v_free_at timestamptz;
begin
  if coalesce(p_per_second, 0) <= 0 or coalesce(p_burst, 0) < 1 or coalesce(p_wanted, 0) < 1
    or coalesce(length(p_key), 0) not between 1 and 300
  then
    perform engine.refuse('OB001', 'Slots need a key, a rate, a burst and a number wanted, all positive.', '[]');
  end if;
  v_share := make_interval(secs => 1 / p_per_second);
  insert into engine.rate_limits as l (key, free_at)
  values (p_key, v_now - p_burst * v_share)
  on conflict on constraint rate_limits_pk do update set free_at = l.free_at
  returning l.free_at into v_free_at;
  v_now := clock_timestamp(); -- the row may have been waited for
  v_free_at := greatest(v_free_at, v_now - p_burst * v_share);
  granted := least(p_wanted, floor(extract(epoch from v_now - v_free_at) * p_per_second + 1e-6))::integer;
  v_free_at := v_free_at + granted * v_share;
  update engine.rate_limits as l set free_at = v_free_at where l.key = p_key;
  retry_after_seconds := case
    when granted < p_wanted then greatest(extract(epoch from v_free_at + v_share - v_now), 0)
    else 0
  end::double precision;
  return next;
end
$$;
comment on function engine.take_slots(text, double precision, integer, integer) is
'Takes up to p_wanted requests out of a rate shared by all workers: how many are granted, and when to ask for the rest.';
revoke all on function engine.take_slots(text, double precision, integer, integer) from public;
grant execute on function engine.take_slots(text, double precision, integer, integer) to outbound_worker;

-- sql/40_functions/tasks/task_attempts.sql
-- A task that fails without a reason of its own is begun so many times at most.
create or replace function engine.task_attempts()
returns integer
language sql
immutable
parallel safe
set search_path = ''
as $$ select 8 $$;
comment on function engine.task_attempts() is 'How often a task is begun before it counts as failed.';
revoke all on function engine.task_attempts() from public;

-- sql/40_functions/workflows/archive_message.sql
-- What archiving a workflow does, in words and numbers, for the dialog before it and the notice after.
create or replace function engine.archive_message(p_workflow public.workflows, p_dry_run boolean)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_waiting bigint;
  v_over bigint;
begin
  select count(*) filter (where c.status = 'CREATED'), count(*) filter (where c.status in ('COMPLETED', 'CANCELLED'))
  into v_waiting, v_over
  from public.campaigns as c
  where c.team_id = p_workflow.team_id and c.workflow_id = p_workflow.id;
  return concat_ws(
    ' ',
    format(
      '%s of "%s" %s archived: no campaign can start with it any more.',
      coalesce('Version ' || p_workflow.version, 'The draft'), p_workflow.name,
      case when p_dry_run then 'would be' else 'is' end
    ),
    case when v_waiting > 0 then format('Created with it, and not to be launched: %s.', v_waiting) end,
    case when v_over > 0 then format('Ended campaigns that keep their history: %s.', v_over) end
  );
end
$$;
comment on function engine.archive_message(public.workflows, boolean) is
'A sentence or two on what archiving a workflow does, or would do.';
revoke all on function engine.archive_message(public.workflows, boolean) from public;

-- sql/40_functions/workflows/archive_workflow.sql
-- The end of a workflow: nothing starts with it any more. What campaigns did with it stays. The
-- campaigns are looked at under the lock on the workflow, which every launch takes too (shared): one of
-- the two comes first, and the other sees it. The one update carries the status to nodes and edges.
create or replace function public.archive_workflow(p_workflow_id uuid, p_dry_run boolean default false)
returns jsonb
language plpgsql
security definer -- writes the workflow tables, which no role may write
set search_path = ''
as $$
declare
  v_workflow public.workflows;
  v_from public.workflow_status;
  v_message text;
begin
  if p_dry_run then
    v_workflow := engine.find_workflow(p_workflow_id, 'operator');
  else
    v_workflow := engine.lock_workflow(p_workflow_id);
  end if;
  if v_workflow.status = 'ARCHIVED' then
    perform engine.refuse(
      'OB002',
      'This workflow is archived already.',
      jsonb_build_object(
        'entity', 'workflow', 'id', v_workflow.id, 'from', v_workflow.status, 'to', 'ARCHIVED',
        'allowed', engine.legal_steps('workflow', v_workflow.status::text)
      ),
      'To work on with it, clone it to a draft.'
    );
  end if;
  perform engine.refuse_running_workflow(v_workflow);
  v_from := v_workflow.status;
  v_message := engine.archive_message(v_workflow, coalesce(p_dry_run, false));
  if not coalesce(p_dry_run, false) then
    update public.workflows as w
    set status = 'ARCHIVED', archived_at = engine.now(), updated_at = engine.now()
    where w.team_id = v_workflow.team_id and w.id = v_workflow.id
    returning w.* into v_workflow;
  end if;
  return engine.describe_workflow(v_workflow) || jsonb_build_object(
    'from', v_from, 'to', 'ARCHIVED', 'dry_run', coalesce(p_dry_run, false), 'message', v_message
  );
end
$$;
comment on function public.archive_workflow(uuid, boolean) is
'Archives a draft or a published workflow and returns it like get_workflow, with {from, to, dry_run, message}: OB002 when it '
'is archived, OB005 with used_by[{id, name, status}] while campaigns run it. With p_dry_run nothing changes.';
revoke all on function public.archive_workflow(uuid, boolean) from public;
grant execute on function public.archive_workflow(uuid, boolean) to authenticated, service_role;

-- sql/40_functions/workflows/arrange_graph.sql
-- A graph with its nodes placed anew. Everything else stays as it was sent.
create or replace function engine.arrange_graph(p_graph jsonb, p_nodes engine.graph_node[], p_is_downwards boolean)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
set enable_nestloop = off
set jit = off
as $$
begin
  return p_graph || jsonb_build_object('nodes', (
    select coalesce(jsonb_agg(
      n.element || jsonb_build_object('position', jsonb_build_object('x', p.x, 'y', p.y)) order by n.node_no
    ), '[]')
    from unnest(p_nodes) as n
    inner join engine.place_nodes(p_nodes, engine.graph_edges(p_graph, p_nodes, false), p_is_downwards) as p on n.node_no = p.node_no
  ));
end
$$;
comment on function engine.arrange_graph(jsonb, engine.graph_node[], boolean) is
'A graph whose nodes are objects, with the position of each set by engine.place_nodes.';
revoke all on function engine.arrange_graph(jsonb, engine.graph_node[], boolean) from public;

-- sql/40_functions/workflows/bend_lines.sql
-- Gives a line that passes layers a bend in each of them, so that what it crosses there is seen and
-- room is left for it. Shorter lines first, and no more bends than a few for each node: lines without
-- one don't take part in the order, which keeps a graph whose every edge spans it linear.
create or replace function engine.bend_lines(
  p_layers integer[],
  p_sources integer[],
  p_targets integer[],
  out p_item_layers integer[], -- of the nodes, then of the bends
  out p_item_owners integer[], -- the node itself; of a bend, where its line begins
  out p_short_sources integer[],
  out p_short_targets integer[]
)
language plpgsql
immutable
parallel safe
set search_path = ''
set jit = off
as $$
declare
  v_size integer := cardinality(p_layers);
begin
  with lines as (
    select
      l.source, l.target, p_layers[l.source] as layer, l.span,
      v_size + sum(l.span - 1) over (order by l.span, l.line_no) - l.span + 1 as before_bends
    from (
      select e.source, e.target, e.line_no, p_layers[e.target] - p_layers[e.source] as span
      from unnest(p_sources, p_targets) with ordinality as e (source, target, line_no)
    ) as l
  ),

  steps as materialized (
    select
      (case when s.step = 1 then l.source else l.before_bends + s.step - 1 end)::integer as source,
      (case when s.step = l.span then l.target else l.before_bends + s.step end)::integer as target,
      l.source as owner, l.layer + s.step as layer, s.step < l.span as is_bend
    from lines as l
    cross join generate_series(1, l.span) as s (step)
    where l.before_bends + l.span - 1 <= 5 * v_size
  )

  select
    p_layers || coalesce(array_agg(s.layer order by s.target) filter (where s.is_bend), '{}'),
    array(select generate_series(1, v_size)) || coalesce(array_agg(s.owner order by s.target) filter (where s.is_bend), '{}'),
    coalesce(array_agg(s.source order by s.source, s.target), '{}'),
    coalesce(array_agg(s.target order by s.source, s.target), '{}')
  into p_item_layers, p_item_owners, p_short_sources, p_short_targets
  from steps as s;
end
$$;
comment on function engine.bend_lines(integer[], integer[], integer[]) is
'Cuts lines into short ones that each lead to the next layer. Nodes and layers as of engine.layer_numbers; bends are '
'numbered after the nodes.';
revoke all on function engine.bend_lines(integer[], integer[], integer[]) from public;

-- sql/40_functions/workflows/business_hours_config.sql
-- What is stored of business hours: the zone, said even where it is the default, and the days that
-- have windows.
create or replace function engine.business_hours_config(p_hours jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  if jsonb_typeof(p_hours) is distinct from 'object' then
    return null;
  end if;
  return jsonb_build_object(
    'timezone', coalesce(p_hours ->> 'timezone', 'contact'),
    'windows', (
      select jsonb_object_agg(d.weekday, d.windows)
      from (
        select e.key as weekday, (
          select jsonb_agg(
            jsonb_build_object('start', w.value ->> 'start', 'end', w.value ->> 'end')
            order by w.value ->> 'start' collate "C"
          )
          from jsonb_array_elements(e.value) as w
        ) as windows
        from jsonb_each(p_hours -> 'windows') as e
        where jsonb_typeof(e.value) = 'array'
      ) as d
      where d.windows is not null
    )
  );
end
$$;
comment on function engine.business_hours_config(jsonb) is 'The stored form of validated business hours; null when there are none.';
revoke all on function engine.business_hours_config(jsonb) from public;

-- sql/40_functions/workflows/business_hours_issues.sql
-- Windows of weekdays: well formed, not overlapping, and at least one of them where the law lets
-- anybody be reached. Only hours in the contact's own zone can be compared with the legal ones: in
-- any other zone the contact's clock shows another time.
create or replace function engine.business_hours_issues(p_hours jsonb, p_channel public.contact_channel)
returns setof engine.graph_issue
language plpgsql
stable
set search_path = ''
as $$
declare
  v_zone jsonb := coalesce(nullif(p_hours -> 'timezone', 'null'), '"contact"');
  v_weekdays text[] := array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  v_days jsonb := case when jsonb_typeof(p_hours -> 'windows') = 'object' then p_hours -> 'windows' else '{}' end;
begin
  return query
  with days as (
    select d.key, d.value, array_position(v_weekdays, d.key) as weekday
    from jsonb_each(v_days) as d
  ),

  windows as materialized (
    select d.key, d.weekday, w.value, w.window_no - 1 as window_no,
      engine.is_window(w.value) as is_sound, w.value ->> 'start' as starts_at, w.value ->> 'end' as ends_at
    from days as d
    cross join jsonb_array_elements(case when jsonb_typeof(d.value) = 'array' then d.value else '[]' end)
    with ordinality as w (value, window_no)
    where d.weekday is not null
  ),

  compared as (
    select w.key, w.starts_at < max(w.ends_at) over (
      partition by w.key order by w.starts_at, w.window_no rows between unbounded preceding and 1 preceding
    ) as is_overlap
    from windows as w
    where w.is_sound
  ),

  found (code, path, words) as (
    select 'business_hours_invalid', case when jsonb_typeof(p_hours) = 'object' then '.windows' else '' end,
      engine.show_value(case when jsonb_typeof(p_hours) = 'object' then p_hours -> 'windows' else p_hours end)
    where coalesce(jsonb_typeof(p_hours -> 'windows'), 'missing') <> 'object'
    union all
    select 'business_hours_timezone_unknown', '.timezone', engine.show_value(v_zone)
    where jsonb_typeof(p_hours) = 'object' and not engine.is_hours_timezone(v_zone)
    union all
    select 'business_hours_invalid', '.windows.' || to_jsonb(d.key)::text,
      engine.show_value(case when d.weekday is null then to_jsonb(d.key) else d.value end)
    from days as d
    where d.weekday is null or jsonb_typeof(d.value) not in ('array', 'null')
    union all
    select 'business_hours_window_invalid', format('.windows.%s[%s]', w.key, w.window_no),
      case when jsonb_typeof(w.value) = 'object'
        then format('%s to %s', engine.show_value(w.value -> 'start'), engine.show_value(w.value -> 'end'))
        else engine.show_value(w.value) end
    from windows as w
    where not w.is_sound
    union all
    select distinct 'business_hours_overlap', '.windows.' || o.key, o.key from compared as o where o.is_overlap
    union all
    select 'business_hours_never_open', '.windows', ''
    where jsonb_typeof(p_hours -> 'windows') = 'object' and not exists (select from windows)
      and not exists (select from days as d where jsonb_typeof(d.value) not in ('array', 'null') or d.weekday is null)
    union all
    select 'business_hours_outside_legal', '.windows', (
      select format('%s to %s', left(min(c.starts_at)::text, 5), left(max(c.ends_at)::text, 5))
      from reference.calling_windows as c
      where c.channel = p_channel and c.region = ''
    )
    where v_zone = '"contact"' and exists (select from windows as w where w.is_sound) and not exists (
      select from windows as w
      inner join reference.calling_windows as c on w.weekday = c.weekday
      where w.is_sound and c.channel = p_channel and c.region = ''
        and w.starts_at < left(c.ends_at::text, 5) and w.ends_at > left(c.starts_at::text, 5)
    )
  )

  select f.code, null::integer, null::integer, f.path, array[f.words], null::integer, null::integer[]
  from found as f;
end
$$;
comment on function engine.business_hours_issues(jsonb, public.contact_channel) is
'What is wrong with business hours on a node of this channel; paths begin below them.';
revoke all on function engine.business_hours_issues(jsonb, public.contact_channel) from public;

-- sql/40_functions/workflows/canvas_places.sql
-- From layers and centres to places on the canvas. Along the drawing a layer begins where the longest
-- node of the one before ends, and a node stands in the middle of its layer; then each part is put
-- where there is room for it.
create or replace function engine.canvas_places(
  p_order integer[],
  p_parts integer[],
  p_layers integer[],
  p_lengths double precision[],
  p_breadths double precision[],
  p_centres double precision[], -- more than there are nodes: those of bends follow
  p_is_downwards boolean
)
returns table (node_no integer, x double precision, y double precision)
language plpgsql
immutable
parallel safe
set search_path = ''
set enable_nestloop = off
set jit = off
as $$
begin
  return query
  with nodes as materialized (
    select n.node_no, n.part, n.layer, n.length, n.centre - n.breadth / 2 as above, n.centre + n.breadth / 2 as below
    from unnest(p_order, p_parts, p_layers, p_lengths, p_breadths, p_centres)
      as n (node_no, part, layer, length, breadth, centre)
    where n.node_no is not null
  ),

  layers as materialized (
    select
      l.part, l.layer, l.length, l.above, l.below,
      sum(l.length + 80) over (partition by l.part order by l.layer) - l.length - 80 as begins
    from (
      select n.part, n.layer, max(n.length) as length, min(n.above) as above, max(n.below) as below
      from nodes as n
      group by n.part, n.layer
    ) as l
  ),

  parts as materialized (
    select l.part, max(l.begins + l.length) as length, min(l.above) as above, max(l.below) as below
    from layers as l
    group by l.part
  ),

  places as materialized (
    select p.part, p.above, k.along, k.across
    from engine.pack_parts(
      array(select p.length from parts as p order by p.part), array(select p.below - p.above from parts as p order by p.part), 80
    ) as s
    cross join lateral unnest(s.p_along, s.p_across) with ordinality as k (along, across, part)
    inner join parts as p on k.part = p.part
  ),

  corners as (
    select
      n.node_no,
      round(p.along + l.begins + (l.length - n.length) / 2) as along,
      round(p.across + n.above - p.above) as across
    from nodes as n
    inner join layers as l on n.part = l.part and n.layer = l.layer
    inner join places as p on n.part = p.part
  )

  select
    c.node_no,
    case when p_is_downwards then c.across else c.along end,
    case when p_is_downwards then c.along else c.across end
  from corners as c;
end
$$;
comment on function engine.canvas_places(
  integer[], integer[], integer[], double precision[], double precision[], double precision[], boolean
) is
'The upper left corner of each node, in whole pixels: layers 80 apart, and parts too.';
revoke all on function engine.canvas_places(
  integer[], integer[], integer[], double precision[], double precision[], double precision[], boolean
) from public;

-- sql/40_functions/workflows/clone_workflow.sql
-- A new draft with all that the source has, whatever its status, row by row: ids, order and positions
-- stay, so that the two can be compared. By default it is the lineage's next version. The source is
-- held (shared) against a save in between, which would tear the copy.
create or replace function public.clone_workflow(
  p_workflow_id uuid,
  p_name text default null,
  p_new_lineage boolean default false
)
returns jsonb
language plpgsql
security definer -- writes the workflow tables, which no role may write
set search_path = ''
as $$
declare
  v_source public.workflows := engine.find_workflow(p_workflow_id, 'operator');
  v_id uuid := engine.new_id();
  v_name text := p_name;
  v_clone public.workflows;
  v_answer jsonb;
begin
  select w.* into v_source
  from public.workflows as w
  where w.team_id = v_source.team_id and w.id = p_workflow_id
  for share;
  if v_source.id is null then
    perform engine.refuse_not_found('workflow', p_workflow_id);
  end if;
  v_name := coalesce(p_name, case when p_new_lineage then left(v_source.name, 193) || ' (copy)' else v_source.name end);
  perform engine.refuse_issues(engine.workflow_text_issues(v_name, null), 'The workflow');
  insert into public.workflows (team_id, id, lineage_id, name)
  values (v_source.team_id, v_id, case when p_new_lineage then v_id else v_source.lineage_id end, btrim(v_name))
  returning * into v_clone;
  insert into public.workflow_nodes
    (team_id, workflow_id, id, type, ordinal, label, position_x, position_y, config)
  select n.team_id, v_id, n.id, n.type, n.ordinal, n.label, n.position_x, n.position_y, n.config
  from public.workflow_nodes as n
  where n.team_id = v_source.team_id and n.workflow_id = v_source.id;
  insert into public.workflow_edges
    (team_id, workflow_id, id, source, target, source_handle, ordinal, label, when_outcome, phrases, delay, priority)
  select
    e.team_id, v_id, e.id, e.source, e.target, e.source_handle, e.ordinal, e.label, e.when_outcome, e.phrases,
    e.delay, e.priority
  from public.workflow_edges as e
  where e.team_id = v_source.team_id and e.workflow_id = v_source.id;
  v_answer := engine.describe_workflow(v_clone);
  perform engine.keep_revision(v_answer);
  return v_answer;
end
$$;
comment on function public.clone_workflow(uuid, text, boolean) is
'Copies a workflow of any status to a new draft and returns it like get_workflow: the lineage''s next version, or with '
'p_new_lineage the first of another. OB001 for the name.';
revoke all on function public.clone_workflow(uuid, text, boolean) from public;
grant execute on function public.clone_workflow(uuid, text, boolean) to authenticated, service_role;

-- sql/40_functions/workflows/compare_elements.sql
-- What became of the nodes, or of the edges, between two stored graphs: paired by id, and where a pair
-- differs, followed down both objects at once to the settings that do. A list is one setting. Each
-- element is looked at once, each object in it once, so this is linear.
create or replace function engine.compare_elements(p_kind text, p_from jsonb, p_to jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
set jit = off
as $$
begin
  return (
    with recursive pairs as materialized (
      select
        coalesce(n.place, o.place) as place, o.element as old, n.element as new,
        o.element - '{id,position}'::text[] as old_content, n.element - '{id,position}'::text[] as new_content
      from (
        select e.element ->> 'id' as id, e.element, e.place
        from jsonb_array_elements(p_from) with ordinality as e (element, place)
      ) as o
      full join (
        select e.element ->> 'id' as id, e.element, e.place
        from jsonb_array_elements(p_to) with ordinality as e (element, place)
      ) as n on o.id = n.id
    ),

    steps (place, field, old, new, is_object) as (
      select p.place, '', p.old_content, p.new_content, true
      from pairs as p
      where p.old_content <> p.new_content
      union all
      select
        s.place, concat_ws('.', nullif(s.field, ''), k.key), s.old -> k.key, s.new -> k.key,
        coalesce(jsonb_typeof(s.old -> k.key) = 'object' and jsonb_typeof(s.new -> k.key) = 'object', false)
      from steps as s
      -- Of one that is no object there are no keys, and to ask for them would be an error.
      cross join jsonb_object_keys(case when s.is_object then s.old || s.new else '{}' end) as k (key)
      where s.old -> k.key is distinct from s.new -> k.key
    ),

    changed as materialized (
      select
        s.place, jsonb_agg(jsonb_build_object('field', s.field, 'from', s.old, 'to', s.new) order by s.field collate "C") as fields
      from steps as s
      where not s.is_object
      group by s.place
    )

    select jsonb_build_object(
      'added', coalesce(jsonb_agg(engine.element_summary(p_kind, p.new) order by p.place) filter (where p.old is null), '[]'),
      'removed', coalesce(jsonb_agg(engine.element_summary(p_kind, p.old) order by p.place) filter (where p.new is null), '[]'),
      'changed', coalesce(
        jsonb_agg(engine.element_summary(p_kind, p.new) || jsonb_build_object('fields', c.fields) order by p.place)
        filter (where c.fields is not null), '[]'
      )
    ) || case when p_kind = 'node' then jsonb_build_object('moved', coalesce(
      jsonb_agg(p.new -> 'id' order by p.place) filter (where p.old -> 'position' <> p.new -> 'position'), '[]'
    )) else '{}' end
    from pairs as p
    left join changed as c on p.place = c.place and p.old is not null and p.new is not null
  );
end
$$;
comment on function engine.compare_elements(text, jsonb, jsonb) is
'Compares two lists of stored nodes or edges: {added[], removed[], changed[{…, fields[{field, from, to}]}]} and, of nodes, '
'moved[ids].';
revoke all on function engine.compare_elements(text, jsonb, jsonb) from public;

-- sql/40_functions/workflows/compare_graphs.sql
-- The one difference between graphs: what versions are compared by, and what a refused save tells.
create or replace function engine.compare_graphs(p_from jsonb, p_to jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'nodes', engine.compare_elements('node', p_from -> 'nodes', p_to -> 'nodes'),
    'edges', engine.compare_elements('edge', p_from -> 'edges', p_to -> 'edges')
  );
end
$$;
comment on function engine.compare_graphs(jsonb, jsonb) is
'What was added, removed, changed and moved between two stored graphs: {nodes, edges}.';
revoke all on function engine.compare_graphs(jsonb, jsonb) from public;

-- sql/40_functions/workflows/compare_workflows.sql
-- Two versions side by side, or any two workflows of a team: both are read as of one moment.
create or replace function public.compare_workflows(p_from_id uuid, p_to_id uuid)
returns jsonb
language plpgsql
stable
security definer -- one answer for rows of another team and rows that never were
set search_path = ''
as $$
declare
  v_from public.workflows := engine.find_workflow(p_from_id, 'viewer');
  v_to public.workflows := engine.find_workflow(p_to_id, 'viewer');
  v_changes jsonb;
begin
  if v_from.team_id <> v_to.team_id then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'teams_differ', 'p_to_id', 'The two workflows belong to different teams; compare workflows of one.'
    )), 'The request');
  end if;
  v_changes := engine.compare_graphs(
    engine.workflow_graph(v_from.team_id, v_from.id), engine.workflow_graph(v_to.team_id, v_to.id)
  );
  return v_changes || jsonb_build_object(
    'from', engine.workflow_summary(v_from),
    'to', engine.workflow_summary(v_to),
    'equal', not jsonb_path_exists(v_changes, '$.*.*[*]')
  );
end
$$;
comment on function public.compare_workflows(uuid, uuid) is
'What is different in the second workflow: {from, to, equal, nodes: {added, removed, changed, moved}, edges: {added, removed, '
'changed}}; changed ones list their fields as [{field, from, to}]. Writes nothing.';
revoke all on function public.compare_workflows(uuid, uuid) from public;
grant execute on function public.compare_workflows(uuid, uuid) to authenticated, service_role;

-- sql/40_functions/workflows/coordinate.sql
-- A coordinate as it is stored. A number closer to 0 than a double can hold is 0: converting it
-- would be an error.
create or replace function engine.coordinate(p_value jsonb)
returns double precision
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case
    when coalesce(jsonb_typeof(p_value), 'null') = 'null' or abs(p_value::numeric) < 1e-300 then 0
    else p_value::numeric::double precision
  end;
end
$$;
comment on function engine.coordinate(jsonb) is 'A validated coordinate as a double; 0 where there is none.';
revoke all on function engine.coordinate(jsonb) from public;

-- sql/40_functions/workflows/count_crossings.sql
-- How often lines between neighbouring rows cross. Lines are looked at from left to right of where
-- they begin; each crosses those before it that end further right, which a Fenwick tree counts: the
-- one way that is not quadratic, and the reason for the loop.
create or replace function engine.count_crossings(
  p_rows integer[],
  p_places integer[],
  p_sources integer[],
  p_targets integer[]
)
returns bigint
language plpgsql
immutable
parallel safe
set search_path = ''
set jit = off
as $$
declare
  v_line record;
  v_row integer;
  v_width integer;
  v_drawn integer;
  v_tree integer[];
  v_at integer;
  v_count bigint := 0::bigint;
begin
  for v_line in
    select
      l.source_row, l.target_place,
      max(l.target_place) over (partition by l.source_row) as width
    from (
      select p_rows[e.source] as source_row, p_places[e.source] as source_place, p_places[e.target] as target_place
      from unnest(p_sources, p_targets) as e (source, target)
    ) as l
    order by l.source_row, l.source_place, l.target_place
  loop
    if v_line.source_row is distinct from v_row then
      v_row := v_line.source_row;
      v_width := v_line.width;
      v_tree := array_fill(0, array[v_width]);
      v_drawn := 0;
    end if;
    v_count := v_count + v_drawn;
    v_at := v_line.target_place;
    while v_at > 0 loop
      v_count := v_count - v_tree[v_at];
      v_at := v_at - (v_at & -v_at);
    end loop;
    v_at := v_line.target_place;
    while v_at <= v_width loop
      v_tree[v_at] := v_tree[v_at] + 1;
      v_at := v_at + (v_at & -v_at);
    end loop;
    v_drawn := v_drawn + 1;
  end loop;
  return v_count;
end
$$;
comment on function engine.count_crossings(integer[], integer[], integer[], integer[]) is
'The number of pairs of lines that cross; rows and places of the items count from 1, lines lead to the next row.';
revoke all on function engine.count_crossings(integer[], integer[], integer[], integer[]) from public;

-- sql/40_functions/workflows/create_workflow.sql
-- A new draft, the first of its lineage. Without a graph it has a trigger and nothing else, which is
-- where drawing begins; with one, the graph is validated as in save_workflow.
create or replace function public.create_workflow(
  p_name text,
  p_graph jsonb default null,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
security definer -- writes the workflow tables, which no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'operator');
  v_id uuid := engine.new_id();
  v_issues jsonb := engine.workflow_text_issues(p_name, null);
  v_workflow public.workflows;
  v_answer jsonb;
begin
  if p_graph is not null then
    v_issues := v_issues || engine.graph_issues(p_graph, v_team_id);
  end if;
  perform engine.refuse_issues(v_issues, 'The workflow');
  insert into public.workflows (team_id, id, lineage_id, name)
  values (v_team_id, v_id, v_id, btrim(p_name))
  returning * into v_workflow;
  perform engine.store_graph(v_team_id, v_id, coalesce(
    p_graph,
    '{"nodes": [{"id": "trigger", "type": "trigger", "position": {"x": 0, "y": 0}, "data": {}}], "edges": []}'
  ));
  v_answer := engine.describe_workflow(v_workflow);
  perform engine.keep_revision(v_answer);
  return v_answer || jsonb_build_object('warnings', v_issues);
end
$$;
comment on function public.create_workflow(text, jsonb, uuid) is
'Creates a draft, with a graph {nodes, edges} or with a trigger alone, and returns it like get_workflow, with the warnings '
'of its graph. OB001 lists every problem of name and graph.';
revoke all on function public.create_workflow(text, jsonb, uuid) from public;
grant execute on function public.create_workflow(text, jsonb, uuid) to authenticated, service_role;

-- sql/40_functions/workflows/dead_end_issues.sql
-- Calls from which neither a text nor an edge on a booking can be reached. Mostly every call has such
-- an edge or leads to a text, and then there is nothing to walk.
create or replace function engine.dead_end_issues(
  p_nodes engine.graph_node[],
  p_edges engine.graph_edge[],
  p_sources integer[],
  p_targets integer[]
)
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_calls integer[] := array(select n.node_no from unnest(p_nodes) as n where n.type = 'call');
  v_ends integer[] := array(
    select n.node_no from unnest(p_nodes) as n where n.type = 'text' or n.type is null
    union all
    select e.source_no from unnest(p_edges) as e where e.rule = 'booked' and e.source_no is not null
  );
begin
  if not exists (
    select from unnest(v_calls) as c (node_no)
    where c.node_no not in (select d.node_no from unnest(v_ends) as d (node_no))
      and c.node_no not in (
        select e.source_no
        from unnest(p_sources, p_targets) as e (source_no, target_no)
        where e.target_no in (select d.node_no from unnest(v_ends) as d (node_no))
      )
  ) then
    return;
  end if;
  return query
  select 'dead_end', c.node_no, null::integer, '', null::text[], null::integer, null::integer[]
  from unnest(engine.reachable_nodes(cardinality(p_nodes), p_targets, p_sources, v_ends)) with ordinality as r (is_reached, place)
  inner join unnest(v_calls) as c (node_no) on r.place - 1 = c.node_no
  where not r.is_reached;
end
$$;
comment on function engine.dead_end_issues(engine.graph_node[], engine.graph_edge[], integer[], integer[]) is
'Calls that no way leads on from to a text or a booking; edges as positions of their ends.';
revoke all on function engine.dead_end_issues(engine.graph_node[], engine.graph_edge[], integer[], integer[]) from public;

-- sql/40_functions/workflows/describe_workflow.sql
-- A workflow as the RPCs return it.
create or replace function engine.describe_workflow(p_workflow public.workflows)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return to_jsonb(p_workflow) || engine.workflow_graph(p_workflow.team_id, p_workflow.id);
end
$$;
comment on function engine.describe_workflow(public.workflows) is
'All columns of a workflow and its graph: {id, name, status, version, revision, …, nodes, edges}.';
revoke all on function engine.describe_workflow(public.workflows) from public;

-- sql/40_functions/workflows/drawing_order.sql
-- The order in which a drawing goes through a graph: every node before those that it leads to, except
-- over the edges that close a cycle, which the drawing turns round. Depth first from the roots, each
-- node set down from the end once all behind it are: what belongs together stays together, so that a
-- tree is drawn without crossings. The loop has the reason of engine.reachable_nodes, the path that
-- of engine.graph_cycles.
create or replace function engine.drawing_order(
  p_size integer,
  p_sources integer[],
  p_targets integer[],
  p_roots integer[]
)
returns integer[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_rest integer[] := array_fill(0, array[p_size], array[0]); -- the next edge to walk from each node
  v_next integer[] := array_fill(0, array[cardinality(p_sources)]);
  v_seen boolean[] := array_fill(false, array[p_size], array[0]);
  v_path integer[] := array_fill(0, array[p_size]);
  v_order integer[] := array_fill(0, array[p_size]);
  v_depth integer;
  v_left integer := p_size;
  v_root integer;
  v_node integer;
  v_edge integer;
begin
  -- Backwards, so that the first edge of a node is walked first.
  for v_edge in reverse cardinality(p_sources) .. 1 loop
    v_next[v_edge] := v_rest[p_sources[v_edge]];
    v_rest[p_sources[v_edge]] := v_edge;
  end loop;
  for v_try in 1 .. cardinality(p_roots) + p_size loop
    v_root := coalesce(p_roots[v_try], v_try - cardinality(p_roots) - 1);
    continue when v_seen[v_root];
    v_seen[v_root] := true;
    v_depth := 1;
    v_path[1] := v_root;
    while v_depth > 0 loop
      v_node := v_path[v_depth];
      v_edge := v_rest[v_node];
      if v_edge = 0 then
        v_order[v_left] := v_node;
        v_left := v_left - 1;
        v_depth := v_depth - 1;
        continue;
      end if;
      v_rest[v_node] := v_next[v_edge];
      v_node := p_targets[v_edge];
      if not v_seen[v_node] then
        v_seen[v_node] := true;
        v_depth := v_depth + 1;
        v_path[v_depth] := v_node;
      end if;
    end loop;
  end loop;
  return v_order;
end
$$;
comment on function engine.drawing_order(integer, integer[], integer[], integer[]) is
'All nodes, from 0, each before those that it leads to; only edges that close a cycle, walked from the roots, go back.';
revoke all on function engine.drawing_order(integer, integer[], integer[], integer[]) from public;

-- sql/40_functions/workflows/edge_choices.sql
-- The edges of one node, out of a workflow's, as the choice among them needs them.
create or replace function engine.edge_choices(p_edges public.workflow_edges[], p_source text)
returns engine.edge_choice[]
language sql
immutable
parallel safe
set search_path = ''
as $$
  select array(
    select (e.id, e.target, e.when_outcome, e.phrases, e.delay, e.priority)::engine.edge_choice
    from unnest(p_edges) as e
    where e.source = p_source
  )
$$;
comment on function engine.edge_choices(public.workflow_edges[], text) is 'The edges that leave a node, for engine.weigh_edges.';
revoke all on function engine.edge_choices(public.workflow_edges[], text) from public;

-- sql/40_functions/workflows/edge_form_issues.sql
-- Edges one by one: the fields that every edge has, and where it leads. As for nodes, one cheap test
-- finds the offenders.
create or replace function engine.edge_form_issues(p_list jsonb, p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return query
  select c.code, null::integer, e.edge_no, c.path, array[engine.show_value(c.value)], null::integer, null::integer[]
  from (
    select
      f.*,
      coalesce(f.handle, 'null') = 'null' or (jsonb_typeof(f.handle) = 'string' and length(f.handle #>> '{}') <= 200)
      as has_handle,
      coalesce(f.label, 'null') = 'null' or (jsonb_typeof(f.label) = 'string' and length(f.label #>> '{}') <= 200) as has_label,
      coalesce(jsonb_typeof(f.data), 'null') in ('object', 'null') as has_data
    from (
      select
        e.edge_no, e.id, e.source_no, e.target_no, e.element,
        e.element -> 'sourceHandle' as handle, e.element -> 'data' as data, e.element -> 'data' -> 'label' as label
      from rows from (unnest(p_edges), jsonb_array_elements(p_list)) as e
        (edge_no, id, source_no, target_no, source_type, rule, priority, no_element, no_data, element)
      offset 0
    ) as f
  ) as e
  cross join lateral (
    values
    ('edge_invalid', '', e.element, jsonb_typeof(e.element) <> 'object'),
    ('edge_id_invalid', '.id', e.element -> 'id', e.id is null and jsonb_typeof(e.element) = 'object'),
    ('edge_source_unknown', '.source', e.element -> 'source', e.source_no is null and jsonb_typeof(e.element) = 'object'),
    ('edge_target_unknown', '.target', e.element -> 'target', e.target_no is null and jsonb_typeof(e.element) = 'object'),
    ('edge_self_loop', '', null, e.source_no = e.target_no),
    ('edge_handle_invalid', '.sourceHandle', e.handle, not e.has_handle),
    ('edge_data_invalid', '.data', e.data, not e.has_data),
    ('edge_label_invalid', '.data.label', e.label, not e.has_label)
  ) as c (code, path, value, is_broken)
  where (
    e.id is null or e.source_no is null or e.target_no is null or e.source_no = e.target_no
    or not e.has_handle or not e.has_data or not e.has_label
  ) and c.is_broken;

  return query
  select 'edge_id_duplicate', null::integer, e.edge_no, '.id', array[d.first_no::text], null::integer, null::integer[]
  from unnest(p_edges) as e
  inner join (
    select r.id, min(r.edge_no) as first_no
    from unnest(p_edges) as r
    where r.id is not null
    group by r.id
    having count(*) > 1
  ) as d on e.id = d.id and e.edge_no > d.first_no;

  return query
  select 'edge_duplicate', null::integer, e.edge_no, '', null::text[], d.first_no, null::integer[]
  from unnest(p_edges) as e
  inner join (
    select r.source_no, r.target_no, r.rule, min(r.edge_no) as first_no
    from unnest(p_edges) as r
    where r.source_no is not null and r.target_no is not null and r.rule is not null
    group by r.source_no, r.target_no, r.rule
    having count(*) > 1
  ) as d on e.source_no = d.source_no and e.target_no = d.target_no and e.rule = d.rule and e.edge_no > d.first_no;
end
$$;
comment on function engine.edge_form_issues(jsonb, engine.graph_edge[]) is
'Edges that are no objects, lead nowhere or to themselves, are there twice, or whose id, data, handle or label can''t be used.';
revoke all on function engine.edge_form_issues(jsonb, engine.graph_edge[]) from public;

-- sql/40_functions/workflows/edge_overlap_issues.sql
-- Edges of one node against each other. What an edge matches is a set of outcomes, kept as bits, so
-- that a node's edges are compared by running unions and never in pairs: this stays linear however
-- many edges leave a node. Sets that have nothing in common add up to their union, so one sum tells
-- the nodes whose edges can be in each other's way.
create or replace function engine.edge_overlap_issues(p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
  return query
  with masked as materialized (
    select e.edge_no, e.source_no, e.priority, r.outcomes, r.settled
    from unnest(p_edges) as e
    inner join engine.rule_masks() as r on e.source_type = r.node_type and e.rule = r.rule
    where e.priority is not null and e.source_no is distinct from e.target_no
  ),

  ranked as materialized (
    select
      e.edge_no, e.source_no, e.priority, e.outcomes,
      -- What edges of the same priority match that come earlier in the graph, and what edges that are
      -- tried before match for good.
      bit_or(e.outcomes) over (
        partition by e.source_no, e.priority order by e.edge_no rows between unbounded preceding and 1 preceding
      ) as matched_beside,
      bit_or(e.settled) over (
        partition by e.source_no order by e.priority groups between unbounded preceding and 1 preceding
      ) as settled_before
    from masked as e
    where e.source_no in (
      select m.source_no from masked as m group by m.source_no having sum(m.outcomes) <> bit_or(m.outcomes)
    )
  ),

  conflicts as materialized (
    select r.edge_no, r.source_no, r.priority, r.outcomes & r.matched_beside as outcomes
    from ranked as r
    where r.outcomes & r.matched_beside <> 0
  ),

  firsts as (
    select r.source_no, r.priority, o.flag, min(r.edge_no) as first_no
    from ranked as r
    inner join engine.outcome_flags() as o on r.outcomes & o.flag <> 0
    where (r.source_no, r.priority) in (select c.source_no, c.priority from conflicts as c)
    group by r.source_no, r.priority, o.flag
  )

  select 'edge_priority_conflict', null::integer, c.edge_no, '.data.priority', null::text[], min(f.first_no), null::integer[]
  from conflicts as c
  inner join firsts as f on c.source_no = f.source_no and c.priority = f.priority and c.outcomes & f.flag <> 0
  group by c.edge_no
  union all
  select 'edge_never_taken', null, r.edge_no, '.data.priority', null, null, null
  from ranked as r
  where r.outcomes & ~r.settled_before = 0 and coalesce(r.outcomes & r.matched_beside, 0) = 0;
end
$$;
comment on function engine.edge_overlap_issues(engine.graph_edge[]) is
'Edges of one node that can both match with one priority, and edges that are never taken.';
revoke all on function engine.edge_overlap_issues(engine.graph_edge[]) from public;

-- sql/40_functions/workflows/edge_rows.sql
-- The rows of a validated graph's edges: what a save stores, and what a simulation of a graph that is
-- not saved runs on.
create or replace function engine.edge_rows(p_team_id uuid, p_workflow_id uuid, p_edges engine.graph_edge[])
returns setof public.workflow_edges
language sql
stable
set search_path = ''
as $$
  select
    p_team_id, p_workflow_id, g.id, g.element ->> 'source', g.element ->> 'target', g.element ->> 'sourceHandle',
    'DRAFT'::public.workflow_status, g.edge_no, g.data ->> 'label', g.rule,
    case when g.rule = 'reply_matches' then array(select p.value from jsonb_array_elements_text(g.data -> 'phrases') as p)
      else '{}' end,
    coalesce(engine.parse_duration(g.data ->> 'delay'), interval '0'), g.priority
  from unnest(p_edges) as g
$$;
comment on function engine.edge_rows(uuid, uuid, engine.graph_edge[]) is 'Edges of a validated graph as rows of a draft.';
revoke all on function engine.edge_rows(uuid, uuid, engine.graph_edge[]) from public;

-- sql/40_functions/workflows/edge_rule_issues.sql
-- Edges one by one: when they are taken, after how long, and which is tried first.
create or replace function engine.edge_rule_issues(p_list jsonb, p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
  -- A rule that an edge out of such a node can't have, or that there is none of.
  return query
  with rules as materialized (
    select r.node_type, r.rule, string_agg(r.rule, ', ') over (partition by r.node_type) as choices
    from (select distinct r.node_type, r.rule from reference.edge_rules as r) as r
  ),

  misfits as (
    select e.edge_no, e.source_type, e.rule, p_list -> e.edge_no -> 'data' -> 'when' as given
    from unnest(p_edges) as e
    left join rules as f on e.source_type = f.node_type and e.rule = f.rule
    where e.source_type is not null and f.rule is null
  )

  select
    case
      when coalesce(m.given, 'null') = 'null' then 'edge_rule_missing'
      when exists (select from rules as r where r.rule = m.rule) then 'edge_rule_unfit'
      else 'edge_rule_unknown'
    end,
    null::integer, m.edge_no, '.data.when',
    array[engine.show_value(m.given), (select r.choices from rules as r where r.node_type = m.source_type limit 1)],
    null::integer, null::integer[]
  from misfits as m;

  return query
  select 'edge_priority_invalid', null::integer, e.edge_no, '.data.priority',
    array[engine.show_value(p_list -> e.edge_no -> 'data' -> 'priority')], null::integer, null::integer[]
  from unnest(p_edges) as e
  where e.priority is null;

  -- Most edges share their delay: each distinct one is looked at once.
  return query
  with delays as materialized (
    select e.delay, array_agg(e.edge_no) as edge_nos
    from (
      select (e.place - 1)::integer as edge_no, e.element -> 'data' -> 'delay' as delay
      from jsonb_array_elements(p_list) with ordinality as e (element, place)
      offset 0
    ) as e
    where e.delay <> 'null'
    group by e.delay
  )

  select 'edge_delay_invalid', null::integer, v.edge_no, '.data.delay', array[engine.show_value(d.delay)],
    null::integer, null::integer[]
  from delays as d
  cross join unnest(d.edge_nos) as v (edge_no)
  where engine.is_duration(d.delay, 'PT0S', 'P365D') is not true;
end
$$;
comment on function engine.edge_rule_issues(jsonb, engine.graph_edge[]) is
'Edges whose rule, delay or priority is missing, malformed or does not fit where they come from.';
revoke all on function engine.edge_rule_issues(jsonb, engine.graph_edge[]) from public;

-- sql/40_functions/workflows/element_summary.sql
-- A node or an edge as comparisons name it.
create or replace function engine.element_summary(p_kind text, p_element jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case p_kind
    when 'node' then jsonb_build_object(
      'id', p_element -> 'id', 'type', p_element -> 'type', 'label', p_element -> 'data' -> 'label'
    )
    else jsonb_build_object(
      'id', p_element -> 'id', 'source', p_element -> 'source', 'target', p_element -> 'target',
      'when', p_element -> 'data' -> 'when', 'label', p_element -> 'data' -> 'label'
    )
  end;
end
$$;
comment on function engine.element_summary(text, jsonb) is
'A node as {id, type, label}, an edge as {id, source, target, when, label}.';
revoke all on function engine.element_summary(text, jsonb) from public;

-- sql/40_functions/workflows/fallback_issues.sql
-- Calls and texts whose edges leave an outcome out. A text with a reply window ends in a reply or
-- none; one without is done once it is delivered. Opting in is rare and nobody's next step.
create or replace function engine.fallback_issues(p_list jsonb, p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
  return query
  with settled as (
    select e.source_no, e.source_type, bit_or(r.settled) as outcomes
    from unnest(p_edges) as e
    inner join engine.rule_masks() as r on e.source_type = r.node_type and e.rule = r.rule
    where e.source_type <> 'trigger' and e.source_no is distinct from e.target_no
    group by e.source_no, e.source_type
  ),

  gaps as (
    select
      s.source_no, a.outcomes & ~s.outcomes as outcomes,
      p_list -> s.source_no -> 'data' -> 'reply_window' as reply_window
    from settled as s
    inner join engine.rule_masks() as a on s.source_type = a.node_type and a.rule = 'any'
    where a.outcomes & ~s.outcomes <> 0
  )

  select
    'fallback_missing', g.source_no, null::integer, '', array[string_agg(o.outcome::text, ', ' order by o.outcome)],
    null::integer, null::integer[]
  from gaps as g
  inner join engine.outcome_flags() as o on g.outcomes & o.flag <> 0
  where o.outcome <> 'opted_in' and case
      when coalesce(g.reply_window, 'null') = 'null' then o.outcome not in ('replied', 'no_reply')
      else o.outcome <> 'delivered'
    end
  group by g.source_no;
end
$$;
comment on function engine.fallback_issues(jsonb, engine.graph_edge[]) is
'Calls and texts that have edges, but none for some of their outcomes.';
revoke all on function engine.fallback_issues(jsonb, engine.graph_edge[]) from public;

-- sql/40_functions/workflows/find_workflow.sql
-- A workflow of the caller's teams, as the caller's statement sees it.
create or replace function engine.find_workflow(p_workflow_id uuid, p_needs public.team_role)
returns public.workflows
language plpgsql
stable
set search_path = ''
as $$
declare
  v_workflow public.workflows;
begin
  select w.* into v_workflow
  from public.workflows as w
  where w.id = p_workflow_id and w.team_id = any(engine.caller_team_ids());
  if v_workflow.id is null then
    perform engine.refuse_not_found('workflow', p_workflow_id);
  end if;
  perform engine.require_role(v_workflow.team_id, p_needs);
  return v_workflow;
end
$$;
comment on function engine.find_workflow(uuid, public.team_role) is
'A workflow of the caller''s teams: OB004 when there is none, OB008 when the role is too low.';
revoke all on function engine.find_workflow(uuid, public.team_role) from public;

-- sql/40_functions/workflows/forget_revisions.sql
-- A draft that is none any more can't be saved over, so its revisions are of no use. A trigger, so
-- that it holds for whatever publishes or archives.
create or replace function engine.forget_revisions()
returns trigger
language plpgsql
security definer -- whoever changes the status
set search_path = ''
as $$
begin
  delete from engine.workflow_revisions as r where r.team_id = new.team_id and r.workflow_id = new.id;
  return null;
end
$$;
comment on function engine.forget_revisions() is 'Drops the revisions of a workflow that is no draft any more.';
revoke all on function engine.forget_revisions() from public;

-- sql/40_functions/workflows/format_duration.sql
-- The way back, in one spelling, whatever intervalstyle the session has. Days stay days: on a day on
-- which the clocks change they are not 24 hours.
create or replace function engine.format_duration(p_interval interval)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case
    when p_interval = interval '0' then 'PT0S'
    else concat(
      'P', nullif(extract(day from p_interval)::integer, 0) || 'D',
      case when p_interval - extract(day from p_interval)::integer * interval '1 day' <> interval '0' then 'T' end,
      nullif(extract(hour from p_interval)::integer, 0) || 'H',
      nullif(extract(minute from p_interval)::integer, 0) || 'M',
      nullif(extract(second from p_interval)::integer, 0) || 'S'
    )
  end;
end
$$;
comment on function engine.format_duration(interval) is 'An interval of whole seconds as an ISO 8601 duration.';
revoke all on function engine.format_duration(interval) from public;

-- sql/40_functions/workflows/freeze_messages.sql
-- A live flow never changes, so it holds what its texts say: the template of an assistant is copied to
-- each text that it writes, at the moment of publishing. The assistants are held until the end of the
-- transaction, so that what is validated is what was copied.
create or replace function engine.freeze_messages(p_team_id uuid, p_workflow_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  with writers as materialized (
    select a.id::text as id, a.template
    from public.assistants as a
    where a.team_id = p_team_id and a.id::text in (
      select n.config ->> 'assistant_id'
      from public.workflow_nodes as n
      where n.team_id = p_team_id and n.workflow_id = p_workflow_id
    )
    order by a.id
    for share
  )

  update public.workflow_nodes as n
  set assistant_template = w.template
  from writers as w
  where n.team_id = p_team_id and n.workflow_id = p_workflow_id and n.type = 'text'
    and n.config ->> 'assistant_id' = w.id;
end
$$;
comment on function engine.freeze_messages(uuid, uuid) is
'Copies the templates of assistants to the texts of a draft that is being published.';
revoke all on function engine.freeze_messages(uuid, uuid) from public;

-- sql/40_functions/workflows/get_workflow.sql
-- A workflow with its graph, ready for React Flow.
create or replace function public.get_workflow(p_workflow_id uuid)
returns jsonb
language plpgsql
stable -- row and graph are read as of one moment
security definer -- one answer for rows of another team and rows that never were
set search_path = ''
as $$
begin
  return engine.describe_workflow(engine.find_workflow(p_workflow_id, 'viewer'));
end
$$;
comment on function public.get_workflow(uuid) is
'A workflow as {id, name, status, version, revision, note, …, nodes, edges}; nodes and edges in React Flow''s shape. OB004 '
'when there is none.';
revoke all on function public.get_workflow(uuid) from public;
grant execute on function public.get_workflow(uuid) to authenticated, service_role;

-- sql/40_functions/workflows/graph_cycles.sql
-- Which nodes lead back to themselves, and which of them belong together: Tarjan's strongly connected
-- components, walking each edge once. Runs only where peeling left nodes over. The loop has the
-- reason of engine.reachable_nodes; the path is kept by hand, because a deep graph would exhaust the
-- stack of a function that calls itself.
create or replace function engine.graph_cycles(p_size integer, p_sources integer[], p_targets integer[])
returns integer[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_rest integer[] := array_fill(0, array[p_size], array[0]); -- the next edge to walk from each node
  v_next integer[] := array_fill(0, array[cardinality(p_sources)]);
  v_index integer[] := array_fill(0, array[p_size], array[0]); -- when a node was first seen, from 1
  v_low integer[] := array_fill(0, array[p_size], array[0]); -- the earliest node on the stack it leads to
  v_cycle integer[] := array_fill(null::integer, array[p_size], array[0]);
  v_on_stack boolean[] := array_fill(false, array[p_size], array[0]);
  v_stack integer[] := array_fill(0, array[p_size]);
  v_path integer[] := array_fill(0, array[p_size]);
  v_height integer := 0;
  v_depth integer;
  v_count integer := 0;
  v_node integer;
  v_other integer;
  v_edge integer;
begin
  for v_edge in 1 .. cardinality(p_sources) loop
    v_next[v_edge] := v_rest[p_sources[v_edge]];
    v_rest[p_sources[v_edge]] := v_edge;
  end loop;
  for v_root in 0 .. p_size - 1 loop
    continue when v_index[v_root] > 0;
    v_depth := 1;
    v_path[1] := v_root;
    while v_depth > 0 loop
      v_node := v_path[v_depth];
      if v_index[v_node] = 0 then
        v_count := v_count + 1;
        v_index[v_node] := v_count;
        v_low[v_node] := v_count;
        v_height := v_height + 1;
        v_stack[v_height] := v_node;
        v_on_stack[v_node] := true;
      end if;
      v_edge := v_rest[v_node];
      if v_edge > 0 then
        v_rest[v_node] := v_next[v_edge];
        v_other := p_targets[v_edge];
        if v_index[v_other] = 0 then
          v_depth := v_depth + 1;
          v_path[v_depth] := v_other;
        elsif v_on_stack[v_other] then
          v_low[v_node] := least(v_low[v_node], v_index[v_other]);
        end if;
        continue;
      end if;
      if v_low[v_node] = v_index[v_node] then
        -- What lies on the stack from here up belongs together; a node on its own is no cycle.
        v_other := case when v_stack[v_height] = v_node then null else v_node end;
        loop
          v_cycle[v_stack[v_height]] := v_other;
          v_on_stack[v_stack[v_height]] := false;
          v_height := v_height - 1;
          exit when v_stack[v_height + 1] = v_node;
        end loop;
      end if;
      v_depth := v_depth - 1;
      if v_depth > 0 then
        v_low[v_path[v_depth]] := least(v_low[v_path[v_depth]], v_low[v_node]);
      end if;
    end loop;
  end loop;
  return v_cycle;
end
$$;
comment on function engine.graph_cycles(integer, integer[], integer[]) is
'For each node, from 0, one node of the cycles that it is in, the same for all that can reach each other; null for the rest.';
revoke all on function engine.graph_cycles(integer, integer[], integer[]) from public;

-- sql/40_functions/workflows/graph_edges.sql
-- Reads the edges of a graph against its nodes, whatever they are: what can't be used becomes null
-- here and is told by the checks. Of two nodes with one id the first is meant. The rule of an edge
-- out of the trigger may be left out, because there is only one. As engine.graph_nodes does, it
-- leaves the elements out where they are not wanted.
create or replace function engine.graph_edges(
  p_graph jsonb,
  p_nodes engine.graph_node[],
  p_with_elements boolean default true
)
returns engine.graph_edge[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_list jsonb := p_graph -> 'edges';
begin
  if jsonb_typeof(v_list) is distinct from 'array' then
    return '{}'::engine.graph_edge[];
  end if;
  return array(
    with nodes as materialized (
      select distinct on (n.id collate "C") n.id, n.node_no, n.type
      from unnest(p_nodes) as n
      where n.id is not null
      order by n.id collate "C", n.node_no
    ),

    edges as materialized (
      select
        e.element, (e.place - 1)::integer as edge_no,
        case when jsonb_typeof(e.element -> 'id') = 'string' then e.element ->> 'id' end as id,
        case when jsonb_typeof(e.element -> 'source') = 'string' then e.element ->> 'source' end as source,
        case when jsonb_typeof(e.element -> 'target') = 'string' then e.element ->> 'target' end as target,
        nullif(e.element -> 'data' -> 'when', 'null') as rule,
        nullif(e.element -> 'data' -> 'priority', 'null') as priority
      from jsonb_array_elements(v_list) with ordinality as e (element, place)
    )

    select (
      e.edge_no,
      case when length(e.id) between 1 and 200 then e.id end,
      s.node_no,
      t.node_no,
      s.type,
      case
        when jsonb_typeof(e.rule) = 'string' then left(e.rule #>> '{}', 100)
        when e.rule is null and s.type = 'trigger' then 'any'
      end,
      case
        when e.priority is null then 1
        when e.priority between '0' and '10000' and scale(e.priority::numeric) = 0 then e.priority::integer
      end,
      case when p_with_elements then e.element end,
      case when not p_with_elements then null when jsonb_typeof(e.element -> 'data') = 'object' then e.element -> 'data'
        else '{}' end
    )::engine.graph_edge
    from edges as e
    left join nodes as s on e.source = s.id
    left join nodes as t on e.target = t.id
    order by e.edge_no
  );
end
$$;
comment on function engine.graph_edges(jsonb, engine.graph_node[], boolean) is
'The edges of a graph in order, their ends resolved, without their JSON where that is not wanted; none when there is no '
'list of them.';
revoke all on function engine.graph_edges(jsonb, engine.graph_node[], boolean) from public;

-- sql/40_functions/workflows/graph_form_issues.sql
-- The graph as a whole: is it one? The caller has looked whether the two lists are lists.
create or replace function engine.graph_form_issues(p_graph jsonb, p_has_nodes boolean, p_has_edges boolean)
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_elsewhere text;
begin
  if p_has_nodes and p_has_edges then
    return;
  end if;
  -- Editors and exports wrap their graph in something; who sends the whole is told what to send.
  v_elsewhere := coalesce('; there is a graph under ' || engine.nested_graph(p_graph), '');
  return query
  select c.code, null::integer, null::integer, c.path, array[engine.show_value(c.value) || v_elsewhere], null::integer, null::integer[]
  from (
    values
    ('graph_invalid', '', p_graph, coalesce(jsonb_typeof(p_graph), 'missing') <> 'object'),
    ('nodes_invalid', '.nodes', p_graph -> 'nodes', jsonb_typeof(p_graph) = 'object' and not p_has_nodes),
    ('edges_invalid', '.edges', p_graph -> 'edges', jsonb_typeof(p_graph) = 'object' and not p_has_edges)
  ) as c (code, path, value, is_broken)
  where c.is_broken;
end
$$;
comment on function engine.graph_form_issues(jsonb, boolean, boolean) is 'What keeps a JSON value from being a graph at all.';
revoke all on function engine.graph_form_issues(jsonb, boolean, boolean) from public;

-- sql/40_functions/workflows/graph_issues.sql
-- Everything that is wrong with a graph, in one pass: nodes and edges are read once into narrow
-- arrays, each check looks at all of them at once, and the registry puts what they found into words.
-- The lists of JSON elements go along and are scanned where a check needs a field: scanning a list
-- costs a fraction of copying its elements. Whatever is sent, the answer is a list; what can't be read
-- is an issue like any other.
create or replace function engine.graph_issues(p_graph jsonb, p_team_id uuid)
returns jsonb
language plpgsql
stable
-- Joins and groups of arrays, whose length the planner can't know: only hashes keep them linear. The
-- cost that this adds on paper must not start the JIT compiler, nor a new plan for each graph; and a
-- big graph must not go to disk between two checks.
set search_path = ''
set enable_nestloop = off
set enable_sort = off
set jit = off
set plan_cache_mode = force_generic_plan
set work_mem = '64MB'
as $$
declare
  v_node_list jsonb := p_graph -> 'nodes';
  v_edge_list jsonb := p_graph -> 'edges';
  v_has_nodes boolean := coalesce(jsonb_typeof(v_node_list) = 'array', false);
  v_has_edges boolean := coalesce(jsonb_typeof(v_edge_list) = 'array', false);
  v_nodes engine.graph_node[] := engine.graph_nodes(p_graph, false);
  v_edges engine.graph_edge[] := engine.graph_edges(p_graph, v_nodes, false);
  v_issues engine.graph_issue[];
begin
  v_issues := array(select i from engine.graph_form_issues(p_graph, v_has_nodes, v_has_edges) as i);
  v_node_list := case when v_has_nodes then v_node_list else '[]' end;
  v_edge_list := case when v_has_edges then v_edge_list else '[]' end;
  v_issues := v_issues || array(
    select i from engine.node_form_issues(v_node_list, v_nodes) as i
    union all
    select i from engine.node_content_issues(v_node_list, v_nodes, p_team_id) as i
    union all
    select i from engine.template_issues(v_node_list, v_nodes) as i
    union all
    select i from engine.override_issues(v_node_list, v_nodes) as i
    union all
    select i from engine.node_setting_issues(v_node_list, v_nodes) as i
    union all
    select i from engine.reply_window_issues(v_node_list, v_edges) as i
    union all
    select i from engine.edge_form_issues(v_edge_list, v_edges) as i
    union all
    select i from engine.edge_rule_issues(v_edge_list, v_edges) as i
    union all
    select i from engine.phrase_issues(v_edge_list, v_edges) as i
    union all
    select i from engine.edge_overlap_issues(v_edges) as i
    union all
    select i from engine.fallback_issues(v_node_list, v_edges) as i
    union all
    select i from engine.trigger_issues(v_node_list, v_nodes, v_edges) as i
    where v_has_nodes -- else there is nothing that could have one
    union all
    select i from engine.structure_issues(v_nodes, v_edges) as i
  );
  if v_issues = '{}' then
    return '[]'::jsonb;
  end if;
  return engine.word_issues(v_issues, v_nodes, v_edges);
end
$$;
comment on function engine.graph_issues(jsonb, uuid) is
'All problems of a graph as [{code, severity, path, message, node_id?, edge_id?, node_ids?}], errors first. Reads the '
'assistants of the team; writes nothing.';
revoke all on function engine.graph_issues(jsonb, uuid) from public;

-- sql/40_functions/workflows/graph_nodes.sql
-- Reads the nodes of a graph, whatever they are: what can't be used becomes null here and is told by
-- the checks. Validation leaves the elements out and reads them from the list when it looks at them:
-- an array of many kilobytes of JSON would be copied by each check.
create or replace function engine.graph_nodes(p_graph jsonb, p_with_elements boolean default true)
returns engine.graph_node[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_list jsonb := p_graph -> 'nodes';
begin
  if jsonb_typeof(v_list) is distinct from 'array' then
    return '{}'::engine.graph_node[];
  end if;
  return array(
    select (
      n.place - 1,
      case when jsonb_typeof(n.element -> 'id') = 'string' and length(n.element ->> 'id') between 1 and 200
          then n.element ->> 'id' end,
      case n.element -> 'type'
        when '"trigger"' then 'trigger'::public.node_type
        when '"call"' then 'call'
        when '"text"' then 'text'
      end,
      case when p_with_elements then n.element end,
      case when not p_with_elements then null when jsonb_typeof(n.element -> 'data') = 'object' then n.element -> 'data'
        else '{}' end
    )::engine.graph_node
    from jsonb_array_elements(v_list) with ordinality as n (element, place)
    order by n.place
  );
end
$$;
comment on function engine.graph_nodes(jsonb, boolean) is
'The nodes of a graph in order, without their JSON where that is not wanted; none when there is no list of them.';
revoke all on function engine.graph_nodes(jsonb, boolean) from public;

-- sql/40_functions/workflows/guard_graph_row.sql
-- Nodes and edges share the life of their workflow: only those of a draft can be written. Their
-- status changes in one way alone, by the cascade of the foreign key when the workflow's does: at
-- that moment the workflow has the new status already, and at no other it differs from theirs. So
-- there is no switch to pass this guard by. The trigger node of a draft stays too, and no row moves
-- from one workflow to another.
create or replace function engine.guard_graph_row()
returns trigger
language plpgsql
security definer -- whoever writes, and whatever that role may read
set search_path = ''
as $$
declare
  v_row jsonb := to_jsonb(case when tg_op = 'INSERT' then new else old end);
  v_status public.workflow_status;
  v_is_refused boolean;
begin
  select max(w.status) into v_status
  from public.workflows as w
  where w.team_id = (v_row ->> 'team_id')::uuid
    and w.id in ((v_row ->> 'workflow_id')::uuid, (coalesce(to_jsonb(new), v_row) ->> 'workflow_id')::uuid);
  -- Without a workflow: it is being deleted, and its rows with it; or the foreign key will refuse.
  if v_status is null then
    return case when tg_op = 'DELETE' then old else new end;
  end if;
  v_is_refused := case tg_op
    when 'INSERT' then v_status <> 'DRAFT' or new.status <> 'DRAFT'
    when 'UPDATE' then old.status = new.status or new.status <> v_status
      or to_jsonb(old) - 'status' <> to_jsonb(new) - 'status'
    -- Of a draft only the trigger comes here; updates too come here only when they may be wrong.
    else true
  end;
  if v_is_refused then
    perform engine.refuse_immutable(tg_argv[0], v_row ->> 'id', v_status);
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;
comment on function engine.guard_graph_row() is
'Raises OB003 for writes to nodes and edges of a workflow that is not a draft, for removing a trigger node, and for moving '
'rows to another workflow.';
revoke all on function engine.guard_graph_row() from public;

-- sql/40_functions/workflows/guard_truncate.sql
-- Emptying a table fires no trigger for its rows, so it has one of its own.
create or replace function engine.guard_truncate()
returns trigger
language plpgsql
security definer -- whoever writes, and whatever that role may read
set search_path = ''
as $$
declare
  v_workflow public.workflows;
begin
  select w.* into v_workflow from public.workflows as w where w.status <> 'DRAFT' limit 1;
  if v_workflow.id is not null then
    perform engine.refuse_immutable('workflow', v_workflow.id::text, v_workflow.status);
  end if;
  return null;
end
$$;
comment on function engine.guard_truncate() is 'Raises OB003 while there is a workflow that is not a draft.';
revoke all on function engine.guard_truncate() from public;

-- sql/40_functions/workflows/guard_workflow.sql
-- What is not a draft refuses every write, whoever makes it and in whatever SQL. The one step that is
-- left is archiving a published workflow, and that changes nothing else. Deleting a whole team is no
-- change of a workflow: its rows go when it is gone.
create or replace function engine.guard_workflow()
returns trigger
language plpgsql
security definer -- whoever writes, and whatever that role may read
set search_path = ''
as $$
declare
  v_step text[] := array['status', 'archived_at', 'updated_at'];
begin
  if tg_op = 'INSERT' then
    perform engine.refuse_immutable('workflow', new.id::text, new.status);
  elsif tg_op = 'DELETE' then
    if exists (select from public.teams as t where t.id = old.team_id) then
      perform engine.refuse_immutable('workflow', old.id::text, old.status);
    end if;
    return old;
  elsif old.status <> 'DRAFT' and (old.status = new.status or to_jsonb(old) - v_step <> to_jsonb(new) - v_step)
    or (old.team_id, old.id, old.lineage_id) <> (new.team_id, new.id, new.lineage_id)
  then
    perform engine.refuse_immutable('workflow', old.id::text, old.status);
  end if;
  return new;
end
$$;
comment on function engine.guard_workflow() is 'Raises OB003 for writes to a workflow that is not a draft, but for the step to ARCHIVED.';
revoke all on function engine.guard_workflow() from public;

-- sql/40_functions/workflows/is_duration.sql
-- Whether a JSON value is a duration within bounds.
create or replace function engine.is_duration(p_value jsonb, p_least interval, p_most interval)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return jsonb_typeof(p_value) = 'string'
    and coalesce(engine.parse_duration(p_value #>> '{}') between p_least and p_most, false);
end
$$;
comment on function engine.is_duration(jsonb, interval, interval) is
'Whether a JSON value is an ISO 8601 duration from the least to the most; null when there is no value.';
revoke all on function engine.is_duration(jsonb, interval, interval) from public;

-- sql/40_functions/workflows/is_hours_timezone.sql
-- Whose clock business hours may follow. The zones of places are known as rows; asking the server for
-- the names that it knows reads its whole time zone folder, so that is kept for the rare other ones.
create or replace function engine.is_hours_timezone(p_value jsonb)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
declare
  v_name text := case when jsonb_typeof(p_value) = 'string' then p_value #>> '{}' end;
begin
  return case
    when v_name is null then false
    when v_name in ('contact', 'team') then true
    when exists (select from reference.timezones as z where z.spelling = lower(v_name) and z.timezone = v_name) then true
    else engine.is_timezone(v_name)
  end;
end
$$;
comment on function engine.is_hours_timezone(jsonb) is 'Whether a JSON value is contact, team or the name of an IANA time zone.';
revoke all on function engine.is_hours_timezone(jsonb) from public;

-- sql/40_functions/workflows/is_window.sql
-- One window of business hours. Times of day in this form compare as text the way they do as times.
create or replace function engine.is_window(p_value jsonb)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return coalesce(
    jsonb_typeof(p_value -> 'start') = 'string' and jsonb_typeof(p_value -> 'end') = 'string'
    and p_value ->> 'start' ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
    and p_value ->> 'end' ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'
    and p_value ->> 'start' < p_value ->> 'end' collate "C",
    false
  );
end
$$;
comment on function engine.is_window(jsonb) is 'Whether a JSON value is {start, end} as HH:MM, start before end, 24:00 for midnight.';
revoke all on function engine.is_window(jsonb) from public;

-- sql/40_functions/workflows/keep_revision.sql
-- Remembers the graph that a draft has at its revision, and forgets those that nobody can still be
-- editing. Publishing and archiving forget all of them.
create or replace function engine.keep_revision(p_workflow jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_team_id uuid := (p_workflow ->> 'team_id')::uuid;
  v_workflow_id uuid := (p_workflow ->> 'id')::uuid;
  v_revision integer := (p_workflow ->> 'revision')::integer;
begin
  insert into engine.workflow_revisions as r (team_id, workflow_id, revision, graph)
  values (
    v_team_id, v_workflow_id, v_revision,
    jsonb_build_object('nodes', p_workflow -> 'nodes', 'edges', p_workflow -> 'edges')
  )
  on conflict (team_id, workflow_id, revision) do update set graph = excluded.graph;
  delete from engine.workflow_revisions as r
  where r.team_id = v_team_id and r.workflow_id = v_workflow_id and r.revision <= v_revision - 50;
end
$$;
comment on function engine.keep_revision(jsonb) is
'Keeps the graph of a draft, described as by engine.describe_workflow, under its revision; the last 50 stay.';
revoke all on function engine.keep_revision(jsonb) from public;

-- sql/40_functions/workflows/keep_trigger.sql
-- The trigger of a workflow stays the same row for ever. When the graph gives it another id, because
-- it was drawn anew or comes from a file, the row is renamed; edges and the node that had this id
-- before make room and are stored again with the graph.
create or replace function engine.keep_trigger(p_team_id uuid, p_workflow_id uuid, p_nodes engine.graph_node[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_old text;
  v_new text;
begin
  select n.id into v_old
  from public.workflow_nodes as n
  where n.team_id = p_team_id and n.workflow_id = p_workflow_id and n.type = 'trigger';
  select n.id into v_new from unnest(p_nodes) as n where n.type = 'trigger';
  if v_old is null or v_old = v_new then
    return;
  end if;
  delete from public.workflow_edges as e where e.team_id = p_team_id and e.workflow_id = p_workflow_id;
  delete from public.workflow_nodes as n
  where n.team_id = p_team_id and n.workflow_id = p_workflow_id and n.id = v_new;
  update public.workflow_nodes as n
  set id = v_new
  where n.team_id = p_team_id and n.workflow_id = p_workflow_id and n.id = v_old;
end
$$;
comment on function engine.keep_trigger(uuid, uuid, engine.graph_node[]) is
'Gives the stored trigger of a draft the id that it has in a validated graph.';
revoke all on function engine.keep_trigger(uuid, uuid, engine.graph_node[]) from public;

-- sql/40_functions/workflows/layer_numbers.sql
-- How many steps each node is from where its part of the graph begins, on the longest way. Edges come
-- sorted by where they begin, and lead from lower to higher numbers only: when one is looked at, the
-- layer of its source is final.
create or replace function engine.layer_numbers(p_size integer, p_sources integer[], p_targets integer[])
returns integer[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_layers integer[] := array_fill(0, array[p_size]);
  v_target integer;
begin
  for v_edge in 1 .. cardinality(p_sources) loop
    v_target := p_targets[v_edge];
    v_layers[v_target] := greatest(v_layers[v_target], v_layers[p_sources[v_edge]] + 1);
  end loop;
  return v_layers;
end
$$;
comment on function engine.layer_numbers(integer, integer[], integer[]) is
'For each node, from 1, its layer, from 0; edges lead from lower to higher numbers, in the order of their sources.';
revoke all on function engine.layer_numbers(integer, integer[], integer[]) from public;

-- sql/40_functions/workflows/layout_workflow.sql
-- Arranges a graph that comes without positions, or whose drawing got out of hand. It may be unfinished
-- and wrong in every way but one: its nodes must be there and be told apart. Writes and reads nothing,
-- so whoever is signed in may ask.
create or replace function public.layout_workflow(p_graph jsonb, p_direction text default 'LR')
returns jsonb
language plpgsql
stable
security definer -- the helpers and the registry of codes are not for callers
set search_path = ''
as $$
declare
  v_nodes engine.graph_node[] := engine.graph_nodes(p_graph);
  v_issues jsonb := coalesce(engine.word_issues(
    array(
      select i from engine.graph_form_issues(
        p_graph,
        coalesce(jsonb_typeof(p_graph -> 'nodes') = 'array', false),
        coalesce(jsonb_typeof(p_graph -> 'edges') = 'array', false)
      ) as i
      union all
      select i from engine.node_form_issues(p_graph -> 'nodes', v_nodes) as i
      where jsonb_typeof(p_graph -> 'nodes') = 'array' and i.code in ('node_invalid', 'node_id_invalid', 'node_id_duplicate')
    ),
    v_nodes, '{}'
  ), '[]');
begin
  if p_direction is null or p_direction not in ('LR', 'TB') then
    v_issues := v_issues || engine.issue(
      'direction_unknown', 'p_direction', 'The direction must be LR (left to right) or TB (top to bottom).'
    );
  end if;
  perform engine.refuse_issues(v_issues, 'The graph');
  return engine.arrange_graph(p_graph, v_nodes, p_direction = 'TB');
end
$$;
comment on function public.layout_workflow(jsonb, text) is
'The same graph {nodes, edges} with a position for every node: in layers, from left to right (LR) or from top to bottom (TB), '
'no two overlapping. OB001 lists what keeps it from being drawn.';
revoke all on function public.layout_workflow(jsonb, text) from public;
grant execute on function public.layout_workflow(jsonb, text) to authenticated, service_role;

-- sql/40_functions/workflows/list_workflows.sql
-- Workflows as a table shows them, last changed first. The cursor is the place of a row in that
-- order, so that pages stay right while rows are added.
create or replace function public.list_workflows(
  p_search text default null,
  p_status text default null,
  p_limit integer default 50,
  p_cursor text default null,
  p_team_id uuid default null,
  p_lineage_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- counts campaigns for a caller who was checked
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'viewer');
  v_limit integer := engine.page_limit(p_limit);
  v_key text := engine.page_key(p_cursor, '^[0-9]{1,18} [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$');
  v_after_at timestamptz := to_timestamp(0) + split_part(v_key, ' ', 1)::bigint * interval '1 microsecond';
  v_after_id uuid := split_part(v_key, ' ', 2)::uuid;
begin
  if p_status <> all(enum_range(null::public.workflow_status)::text[]) then
    perform engine.refuse_issues(jsonb_build_array(
      engine.issue('status_unknown', 'p_status', 'The status must be DRAFT, PUBLISHED or ARCHIVED, or null for all.')
    ), 'The request');
  end if;
  return (
    with page as materialized (
      select w.*, row_number() over (order by w.updated_at desc, w.id desc) as place
      from public.workflows as w
      where w.team_id = v_team_id
        and (p_lineage_id is null or w.lineage_id = p_lineage_id)
        and (p_status is null or w.status::text = p_status)
        and (coalesce(btrim(p_search), '') = '' or strpos(lower(w.name), lower(btrim(p_search))) > 0)
        and (v_key is null or (w.updated_at, w.id) < (v_after_at, v_after_id))
      order by w.updated_at desc, w.id desc
      limit v_limit + 1
    )

    select jsonb_build_object(
      'items', coalesce(jsonb_agg(to_jsonb(p) - 'place' || jsonb_build_object(
        'node_count', (
          select count(*) from public.workflow_nodes as n where n.team_id = p.team_id and n.workflow_id = p.id
        ),
        'campaign_count', (
          select count(*) from public.campaigns as c where c.team_id = p.team_id and c.workflow_id = p.id
        )
      ) order by p.place) filter (where p.place <= v_limit), '[]'),
      'next_cursor', case when count(*) > v_limit then engine.page_cursor(
        min(format('%s %s', (extract(epoch from p.updated_at) * 1000000)::bigint, p.id)) filter (where p.place = v_limit)
      ) end
    )
    from page as p
  );
end
$$;
comment on function public.list_workflows(text, text, integer, text, uuid, uuid) is
'A page of workflows without their graphs, last changed first, with p_lineage_id the versions and drafts of one: '
'{items[{id, name, status, version, note, …, node_count, campaign_count}], next_cursor}.';
revoke all on function public.list_workflows(text, text, integer, text, uuid, uuid) from public;
grant execute on function public.list_workflows(text, text, integer, text, uuid, uuid) to authenticated, service_role;

-- sql/40_functions/workflows/lock_workflow.sql
-- A workflow that is about to change. The role is checked before the lock is taken, so that who may
-- only read can't make writers wait; the row is read again under the lock.
create or replace function engine.lock_workflow(p_workflow_id uuid)
returns public.workflows
language plpgsql
set search_path = ''
as $$
declare
  v_workflow public.workflows := engine.find_workflow(p_workflow_id, 'operator');
begin
  select w.* into v_workflow
  from public.workflows as w
  where w.team_id = v_workflow.team_id and w.id = p_workflow_id
  for no key update;
  if v_workflow.id is null then
    perform engine.refuse_not_found('workflow', p_workflow_id);
  end if;
  return v_workflow;
end
$$;
comment on function engine.lock_workflow(uuid) is 'A workflow that the caller may change, locked against other writers.';
revoke all on function engine.lock_workflow(uuid) from public;

-- sql/40_functions/workflows/name_place.sql
-- A node or an edge as messages name it: by its id, else by its position.
create or replace function engine.name_place(p_about text, p_place_no integer, p_id text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case
    when p_id is not null then p_about || ' ' || engine.show_value(to_jsonb(p_id))
    else format('the %s at position %s', p_about, p_place_no)
  end;
end
$$;
comment on function engine.name_place(text, integer, text) is 'A node or an edge in words: by its id, else by its position.';
revoke all on function engine.name_place(text, integer, text) from public;

-- sql/40_functions/workflows/nested_graph.sql
-- Where in a document a graph lies that was sent with all that is around it. Looked for in objects
-- within objects, three deep: as far as products are known to wrap theirs, and never a long search.
create or replace function engine.nested_graph(p_document jsonb)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return (
    with recursive places (way, value, depth) as (
      select '', p_document, 0
      union all
      select concat_ws('.', nullif(p.way, ''), left(e.key, 60)), e.value, p.depth + 1
      from places as p
      cross join lateral jsonb_each(case when jsonb_typeof(p.value) = 'object' then p.value else '{}' end) as e
      where p.depth < 3 and jsonb_typeof(e.value) = 'object'
    )

    select p.way
    from places as p
    where p.depth > 0 and jsonb_typeof(p.value -> 'nodes') = 'array' and jsonb_typeof(p.value -> 'edges') = 'array'
    order by p.depth, p.way collate "C"
    limit 1
  );
end
$$;
comment on function engine.nested_graph(jsonb) is 'The keys that lead to the outermost graph within a document; null without one.';
revoke all on function engine.nested_graph(jsonb) from public;

-- sql/40_functions/workflows/node_config.sql
-- What is stored of a node's data: the keys that its kind has, without nulls, blanks and whatever an
-- editor keeps there for itself, in one spelling. The data has been validated.
create or replace function engine.node_config(p_type public.node_type, p_data jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return jsonb_strip_nulls(case p_type
    when 'trigger' then '{}'
    when 'call' then jsonb_build_object('first_message', nullif(btrim(p_data ->> 'first_message'), ''))
    else jsonb_build_object(
      'template', case when btrim(p_data ->> 'template', E' \t\r\n') <> '' then p_data -> 'template' end,
      'template_overrides', nullif(p_data -> 'template_overrides', '{}'),
      'reply_window', engine.tidy_duration(p_data ->> 'reply_window')
    )
  end
  || case when p_type <> 'trigger' then jsonb_build_object(
      'assistant_id', nullif(lower(p_data ->> 'assistant_id'), ''),
      'business_hours', engine.business_hours_config(p_data -> 'business_hours'),
      'batching', case when jsonb_typeof(p_data -> 'batching') = 'object' then jsonb_build_object(
        'size', p_data -> 'batching' -> 'size', 'interval', engine.tidy_duration(p_data -> 'batching' ->> 'interval')
      ) end,
      'retry', case when jsonb_typeof(p_data -> 'retry') = 'object' then jsonb_build_object(
        'outcomes', p_data -> 'retry' -> 'outcomes', 'max_retries', p_data -> 'retry' -> 'max_retries',
        'delay', engine.tidy_duration(p_data -> 'retry' ->> 'delay')
      ) end
    ) else '{}' end);
end
$$;
comment on function engine.node_config(public.node_type, jsonb) is
'The stored settings of a node from its validated data, with the keys that docs/workflows.md lists for its kind.';
revoke all on function engine.node_config(public.node_type, jsonb) from public;

-- sql/40_functions/workflows/node_content_issues.sql
-- What a call or a text says, and who says it. Nodes share assistants, so each distinct one is looked
-- up once.
create or replace function engine.node_content_issues(p_list jsonb, p_nodes engine.graph_node[], p_team_id uuid)
returns setof engine.graph_issue
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
  return query
  with content as materialized (
    select
      c.node_no, c.type, c.assistant, c.template, c.first_message,
      coalesce(c.assistant, 'null') not in ('null', '""') as has_assistant,
      coalesce(c.template, 'null') <> 'null'
      and not (jsonb_typeof(c.template) = 'string' and btrim(c.template #>> '{}', E' \t\r\n') = '') as has_template
    from (
      select
        n.node_no, n.type, n.element -> 'data' -> 'assistant_id' as assistant,
        case n.type when 'text' then n.element -> 'data' -> 'template' end as template,
        case n.type when 'call' then n.element -> 'data' -> 'first_message' end as first_message
      from rows from (unnest(p_nodes), jsonb_array_elements(p_list)) as n (node_no, id, type, no_element, no_data, element)
      where n.type in ('call', 'text')
      offset 0
    ) as c
  ),

  named as (
    select c.type, c.assistant, array_agg(c.node_no) as node_nos
    from content as c
    where c.has_assistant or c.type = 'call'
    group by c.type, c.assistant
  ),

  assistants as (
    select
      d.type, d.assistant, d.node_nos,
      coalesce(d.assistant, 'null') in ('null', '""') as is_missing,
      case when d.assistant #>> '{}' ~ '^[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$'
          then (d.assistant #>> '{}')::uuid end as assistant_id
    from named as d
  )

  select
    case
      when d.is_missing then 'assistant_missing'
      when d.assistant_id is null then 'assistant_invalid'
      when a.id is null then 'assistant_unknown'
      when a.channel::text <> d.type::text then 'assistant_channel'
      else 'assistant_inactive'
    end,
    v.node_no, null::integer, '.data.assistant_id',
    array[coalesce(a.name, engine.show_value(d.assistant))], null::integer, null::integer[]
  from assistants as d
  left join public.assistants as a on a.team_id = p_team_id and d.assistant_id = a.id
  cross join unnest(d.node_nos) as v (node_no)
  where not coalesce(a.is_active and a.channel::text = d.type::text, false)
  union all
  select 'first_message_invalid', c.node_no, null, '.data.first_message', array[engine.show_value(c.first_message)], null, null
  from content as c
  where c.first_message <> 'null'
    and (jsonb_typeof(c.first_message) <> 'string' or length(c.first_message #>> '{}') > 1000)
  union all
  select
    case when c.has_template then 'text_content_ambiguous' else 'text_content_missing' end,
    c.node_no, null, '.data.template', null, null, null
  from content as c
  where c.type = 'text' and c.has_template = c.has_assistant
  union all
  select 'template_invalid', c.node_no, null, '.data.template', array[engine.show_value(c.template)], null, null
  from content as c
  where c.has_template and (jsonb_typeof(c.template) <> 'string' or length(c.template #>> '{}') > 1600);
end
$$;
comment on function engine.node_content_issues(jsonb, engine.graph_node[], uuid) is
'Calls without an active assistant of the team, texts without anything to say, and what is malformed in either.';
revoke all on function engine.node_content_issues(jsonb, engine.graph_node[], uuid) from public;

-- sql/40_functions/workflows/node_form_issues.sql
-- Nodes one by one: the fields that every kind has. One cheap test finds the offenders, and only
-- those are looked at closely. JSON orders values by type before value, so that "between two
-- numbers" is true of numbers alone.
create or replace function engine.node_form_issues(p_list jsonb, p_nodes engine.graph_node[])
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return query
  select c.code, n.node_no, null::integer, c.path, array[engine.show_value(c.value)], null::integer, null::integer[]
  from (
    select
      f.*,
      coalesce(f.place, 'null') = 'null'
      or coalesce(f.place -> 'x' between '-1e9' and '1e9' and f.place -> 'y' between '-1e9' and '1e9', false) as has_place,
      coalesce(f.label, 'null') = 'null' or (jsonb_typeof(f.label) = 'string' and length(f.label #>> '{}') <= 200) as has_label,
      coalesce(jsonb_typeof(f.data), 'null') in ('object', 'null') as has_data
    from (
      select
        n.node_no, n.id, n.type, n.element,
        n.element -> 'position' as place, n.element -> 'data' as data, n.element -> 'data' -> 'label' as label
      from rows from (unnest(p_nodes), jsonb_array_elements(p_list)) as n (node_no, id, type, no_element, no_data, element)
      offset 0
    ) as f
  ) as n
  cross join lateral (
    values
    ('node_invalid', '', n.element, jsonb_typeof(n.element) <> 'object'),
    ('node_id_invalid', '.id', n.element -> 'id', n.id is null and jsonb_typeof(n.element) = 'object'),
    ('node_type_unknown', '.type', n.element -> 'type', n.type is null and jsonb_typeof(n.element) = 'object'),
    ('node_position_invalid', '.position', n.place, not n.has_place),
    ('node_data_invalid', '.data', n.data, not n.has_data),
    ('node_label_invalid', '.data.label', n.label, not n.has_label)
  ) as c (code, path, value, is_broken)
  where (n.id is null or n.type is null or not n.has_place or not n.has_data or not n.has_label) and c.is_broken;

  return query
  select
    'node_id_duplicate', n.node_no, null::integer, '.id', array[d.first_no::text], null::integer, null::integer[]
  from unnest(p_nodes) as n
  inner join (
    select r.id, min(r.node_no) as first_no
    from unnest(p_nodes) as r
    where r.id is not null
    group by r.id
    having count(*) > 1
  ) as d on n.id = d.id and n.node_no > d.first_no;
end
$$;
comment on function engine.node_form_issues(jsonb, engine.graph_node[]) is
'Nodes that are no objects, or whose id, type, position, data or label can''t be used.';
revoke all on function engine.node_form_issues(jsonb, engine.graph_node[]) from public;

-- sql/40_functions/workflows/node_rows.sql
-- The rows of a validated graph's nodes: what a save stores, and what a simulation of a graph that is
-- not saved runs on. What an assistant writes is copied to them when the draft is published.
create or replace function engine.node_rows(p_team_id uuid, p_workflow_id uuid, p_nodes engine.graph_node[])
returns setof public.workflow_nodes
language sql
stable
set search_path = ''
as $$
  select
    p_team_id, p_workflow_id, g.id, g.type, 'DRAFT'::public.workflow_status, g.node_no, g.data ->> 'label',
    engine.coordinate(g.element -> 'position' -> 'x'), engine.coordinate(g.element -> 'position' -> 'y'),
    engine.node_config(g.type, g.data), null::text
  from unnest(p_nodes) as g
$$;
comment on function engine.node_rows(uuid, uuid, engine.graph_node[]) is 'Nodes of a validated graph as rows of a draft.';
revoke all on function engine.node_rows(uuid, uuid, engine.graph_node[]) from public;

-- sql/40_functions/workflows/node_setting_issues.sql
-- When and how often calls and texts go out. Nodes of a workflow mostly share these settings, so
-- each distinct value is looked at once, and what is wrong with it told of every node that has it.
create or replace function engine.node_setting_issues(p_list jsonb, p_nodes engine.graph_node[])
returns setof engine.graph_issue
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  with settings as materialized (
    select k.setting, n.type, k.value, array_agg(n.node_no) as node_nos
    from (
      select n.node_no, n.type, n.element -> 'data' as data
      from rows from (unnest(p_nodes), jsonb_array_elements(p_list)) as n (node_no, id, type, no_element, no_data, element)
      where n.type in ('call', 'text')
      offset 0
    ) as n
    cross join lateral (
      values
      ('business_hours', n.data -> 'business_hours'),
      ('batching', n.data -> 'batching'),
      ('retry', n.data -> 'retry'),
      ('reply_window', case n.type when 'text' then n.data -> 'reply_window' end)
    ) as k (setting, value)
    where k.value <> 'null'
    group by k.setting, n.type, k.value
  ),

  found as materialized (
    select s.code, s.path, s.words, d.setting, d.node_nos
    from settings as d
    cross join engine.setting_issues(d.setting, d.value, d.type::text::public.contact_channel) as s
  )

  select f.code, v.node_no, null::integer, '.data.' || f.setting || f.path, f.words, null::integer, null::integer[]
  from found as f
  cross join unnest(f.node_nos) as v (node_no);
end
$$;
comment on function engine.node_setting_issues(jsonb, engine.graph_node[]) is
'Business hours, batching, retry and reply windows that are malformed.';
revoke all on function engine.node_setting_issues(jsonb, engine.graph_node[]) from public;

-- sql/40_functions/workflows/node_sides.sql
-- How wide or high nodes are, as React Flow measured them or was told, in whole pixels. What can't be
-- the side of a node counts for nothing. JSON orders values by type before value, so that "between two
-- numbers" is true of numbers alone.
create or replace function engine.node_sides(p_nodes engine.graph_node[], p_order integer[], p_side text)
returns double precision[]
language plpgsql
immutable
parallel safe
set search_path = ''
set enable_nestloop = off
set jit = off
as $$
begin
  return array(
    select
      ceil(case
        when n.element -> 'measured' -> p_side between '1' and '4000' then (n.element -> 'measured' -> p_side)::numeric
        when n.element -> p_side between '1' and '4000' then (n.element -> p_side)::numeric
        when p_side = 'width' then 240
        else 80
      end)::double precision
    from unnest(p_order) with ordinality as o (node_no, number)
    inner join unnest(p_nodes) as n on o.node_no = n.node_no
    order by o.number
  );
end
$$;
comment on function engine.node_sides(engine.graph_node[], integer[], text) is
'The width or the height of nodes, as ordered: measured, else set, else 240 by 80; from 1 to 4000.';
revoke all on function engine.node_sides(engine.graph_node[], integer[], text) from public;

-- sql/40_functions/workflows/order_rows.sql
-- Which item stands where in its row: of all orders that are tried the one with the fewest crossings, so
-- that a drawing is never worse than either of the orders that it begins with. Most graphs have an
-- order without any; where there is none, more than a few sweeps gain little.
create or replace function engine.order_rows(
  p_rows integer[],
  p_sources integer[],
  p_targets integer[],
  p_first_order integer[],
  p_second_order integer[]
)
returns integer[]
language plpgsql
immutable
parallel safe
set search_path = ''
set jit = off
as $$
declare
  v_places integer[];
  v_best integer[];
  v_crossings bigint;
  v_fewest bigint;
  v_sweeps integer := case when cardinality(p_rows) + cardinality(p_sources) <= 4000 then 12 else 4 end;
begin
  v_best := array(
    select row_number() over (partition by r.number order by r.wish, r.item)::integer
    from unnest(p_rows, p_first_order) with ordinality as r (number, wish, item)
    order by r.item
  );
  v_fewest := engine.count_crossings(p_rows, v_best, p_sources, p_targets);
  if v_fewest = 0 then
    return v_best;
  end if;
  v_places := array(
    select row_number() over (partition by r.number order by r.wish, r.item)::integer
    from unnest(p_rows, p_second_order) with ordinality as r (number, wish, item)
    order by r.item
  );
  v_crossings := engine.count_crossings(p_rows, v_places, p_sources, p_targets);
  if v_crossings < v_fewest then
    v_best := v_places;
    v_fewest := v_crossings;
  end if;
  v_places := v_best;
  for v_sweep in 1 .. v_sweeps loop
    exit when v_fewest = 0;
    if v_sweep % 2 = 1 then
      v_places := engine.sweep_rows(p_rows, v_places, p_sources, p_targets, false);
    else
      v_places := engine.sweep_rows(p_rows, v_places, p_targets, p_sources, true);
    end if;
    v_crossings := engine.count_crossings(p_rows, v_places, p_sources, p_targets);
    if v_crossings < v_fewest then
      v_best := v_places;
      v_fewest := v_crossings;
    end if;
  end loop;
  return v_best;
end
$$;
comment on function engine.order_rows(integer[], integer[], integer[], integer[], integer[]) is
'For each item, from 1, its place in its row, from 1, such that few lines cross; lines lead to the next row. The '
'two orders are where it begins.';
revoke all on function engine.order_rows(integer[], integer[], integer[], integer[], integer[]) from public;

-- sql/40_functions/workflows/outcome_flags.sql
-- A bit for each outcome.
create or replace function engine.outcome_flags()
returns table (outcome public.job_outcome, flag integer)
language plpgsql
immutable
parallel safe
rows 12
set search_path = ''
as $$
begin
  return query
  select o.outcome, 1 << o.place::integer
  from unnest(enum_range(null::public.job_outcome)) with ordinality as o (outcome, place);
end
$$;
comment on function engine.outcome_flags() is 'Each outcome with a bit of its own.';
revoke all on function engine.outcome_flags() from public;

-- sql/40_functions/workflows/outcomes_matching.sql
-- Which outcomes an edge's rule matches; empty when the rule does not fit the node. A caller with
-- many edges joins reference.edge_rules itself.
create or replace function engine.outcomes_matching(p_node_type public.node_type, p_when text)
returns public.job_outcome[]
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
  return array(
    select r.outcome
    from reference.edge_rules as r
    where r.node_type = p_node_type and r.rule = p_when
    order by r.outcome
  );
end
$$;
comment on function engine.outcomes_matching(public.node_type, text) is
'The outcomes that a rule on an edge of such a node matches. reply_matches matches replied, and then only with one of its phrases.';
revoke all on function engine.outcomes_matching(public.node_type, text) from public;

-- sql/40_functions/workflows/override_issues.sql
-- The values that a text's node gives to variables of its own.
create or replace function engine.override_issues(p_list jsonb, p_nodes engine.graph_node[])
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return query
  with texts as materialized (
    select t.node_no, t.overrides
    from (
      select n.node_no, n.element -> 'data' -> 'template_overrides' as overrides
      from rows from (unnest(p_nodes), jsonb_array_elements(p_list)) as n (node_no, id, type, no_element, no_data, element)
      where n.type = 'text'
      offset 0
    ) as t
    where t.overrides not in ('null', '{}')
  )

  select 'template_overrides_invalid', t.node_no, null::integer, '.data.template_overrides',
    array[engine.show_value(t.overrides)], null::integer, null::integer[]
  from texts as t
  where jsonb_typeof(t.overrides) <> 'object'
  union all
  select 'template_overrides_invalid', t.node_no, null, '.data.template_overrides.' || to_jsonb(o.key)::text,
    array[engine.show_value(case when v.is_name then o.value else to_jsonb(o.key) end)], null, null
  from texts as t
  cross join jsonb_each(case when jsonb_typeof(t.overrides) = 'object' then t.overrides else '{}' end) as o (key, value)
  cross join lateral (values (o.key ~ '^[A-Za-z_][A-Za-z0-9_]*$' and length(o.key) <= 64)) as v (is_name)
  where not (v.is_name and jsonb_typeof(o.value) = 'string' and length(o.value #>> '{}') <= 1600);
end
$$;
comment on function engine.override_issues(jsonb, engine.graph_node[]) is
'Template overrides whose names or values can''t be used.';
revoke all on function engine.override_issues(jsonb, engine.graph_node[]) from public;

-- sql/40_functions/workflows/pack_parts.sql
-- Where the parts of a graph that don't hang together are drawn: side by side along the direction of
-- the drawing while there is room, then below. Each place follows from the one before, which is the
-- reason for the loop.
create or replace function engine.pack_parts(
  p_lengths double precision[],
  p_breadths double precision[],
  p_gap double precision,
  out p_along double precision[],
  out p_across double precision[]
)
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_room double precision;
  v_along double precision := 0::double precision;
  v_across double precision := 0::double precision;
  v_deepest double precision := 0::double precision;
begin
  -- As long as the longest part, or about square when they are many small ones.
  select greatest(max(t.length), sqrt(sum((t.length + p_gap) * (t.breadth + p_gap)))) into v_room
  from unnest(p_lengths, p_breadths) as t (length, breadth);
  p_along := array_fill(0::double precision, array[cardinality(p_lengths)]);
  p_across := p_along;
  for v_part in 1 .. cardinality(p_lengths) loop
    if v_along > 0 and v_along + p_lengths[v_part] > v_room then
      v_along := 0::double precision;
      v_across := v_across + v_deepest + p_gap;
      v_deepest := 0::double precision;
    end if;
    p_along[v_part] := v_along;
    p_across[v_part] := v_across;
    v_along := v_along + p_lengths[v_part] + p_gap;
    v_deepest := greatest(v_deepest, p_breadths[v_part]);
  end loop;
end
$$;
comment on function engine.pack_parts(double precision[], double precision[], double precision) is
'Where each part begins, along and across the direction of the drawing, so that none touches another.';
revoke all on function engine.pack_parts(double precision[], double precision[], double precision) from public;

-- sql/40_functions/workflows/parse_duration.sql
-- Durations in JSON are ISO 8601 texts of weeks, days, hours, minutes and seconds. Months and years
-- are refused because they have no length, fractions because nothing needs them. Five digits a part
-- keep every sum far from overflow.
create or replace function engine.parse_duration(p_text text)
returns interval
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case
    when p_text ~ '^P(?=[0-9T])([0-9]{1,5}W)?([0-9]{1,5}D)?(T(?=[0-9])([0-9]{1,5}H)?([0-9]{1,5}M)?([0-9]{1,5}S)?)?$'
      then p_text::interval
  end;
end
$$;
comment on function engine.parse_duration(text) is 'An ISO 8601 duration such as PT15M or P2D; null when it is none.';
revoke all on function engine.parse_duration(text) from public;

-- sql/40_functions/workflows/part_numbers.sql
-- Which nodes hang together, whichever way the edges point. The part with the trigger is the first, the
-- others follow as in the graph.
create or replace function engine.part_numbers(
  p_nodes engine.graph_node[],
  p_order integer[],
  p_sources integer[],
  p_targets integer[]
)
returns integer[]
language plpgsql
immutable
parallel safe
set search_path = ''
set enable_nestloop = off
set jit = off
as $$
declare
  -- Walked both ways, every edge is a cycle: what hangs together is what can reach each other.
  v_cycles integer[] := engine.graph_cycles(cardinality(p_nodes) + 1, p_sources || p_targets, p_targets || p_sources);
begin
  return array(
    select dense_rank() over (order by p.is_started desc, p.first_no)::integer
    from (
      select
        o.number,
        bool_or(n.type is not distinct from 'trigger') over by_part as is_started,
        min(n.node_no) over by_part as first_no
      from unnest(p_order) with ordinality as o (node_no, number)
      inner join unnest(p_nodes) as n on o.node_no = n.node_no
      window by_part as (partition by coalesce(v_cycles[o.number], o.number))
    ) as p
    order by p.number
  );
end
$$;
comment on function engine.part_numbers(engine.graph_node[], integer[], integer[], integer[]) is
'For each node, numbered from 1 as ordered, the part of the graph that it belongs to, from 1.';
revoke all on function engine.part_numbers(engine.graph_node[], integer[], integer[], integer[]) from public;

-- sql/40_functions/workflows/phrase_issues.sql
-- The phrases of the edges. A phrase without a letter, a digit or an emoji has no word to look for, so
-- it would never match. Edges share phrases, so each distinct one is looked at once.
create or replace function engine.phrase_issues(p_list jsonb, p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return query
  with lists as materialized (
    select l.*
    from (
      select
        e.edge_no, coalesce(e.rule = 'reply_matches', false) as is_used,
        coalesce(e.element -> 'data' -> 'phrases', 'null') as phrases
      from rows from (unnest(p_edges), jsonb_array_elements(p_list)) as e
        (edge_no, id, source_no, target_no, source_type, rule, priority, no_element, no_data, element)
      offset 0
    ) as l
    where l.is_used or l.phrases not in ('null', '[]')
  ),

  phrases as (
    select p.phrase, array_agg(l.edge_no) as edge_nos, array_agg(p.place - 1) as places
    from lists as l
    cross join jsonb_array_elements(case jsonb_typeof(l.phrases) when 'array' then l.phrases else '[]' end)
    with ordinality as p (phrase, place)
    where l.is_used
    group by p.phrase
  )

  select
    case when not l.is_used then 'edge_phrases_ignored' when l.phrases in ('null', '[]') then 'edge_phrases_missing'
      else 'edge_phrases_invalid' end,
    null::integer, l.edge_no, '.data.phrases', array[engine.show_value(l.phrases)], null::integer, null::integer[]
  from lists as l
  where case when l.is_used and jsonb_typeof(l.phrases) = 'array' then jsonb_array_length(l.phrases) not between 1 and 100
    else true end
  union all
  select
    'edge_phrases_invalid', null, v.edge_no, format('.data.phrases[%s]', v.place), array[engine.show_value(p.phrase)],
    null, null
  from phrases as p
  cross join unnest(p.edge_nos, p.places) as v (edge_no, place)
  where not case
    when jsonb_typeof(p.phrase) <> 'string' or length(p.phrase #>> '{}') > 200 then false
    -- The usual phrase has a plain letter; only the others are split into words.
    else p.phrase #>> '{}' ~ '[A-Za-z0-9]' or length(engine.reply_words(p.phrase #>> '{}')) > 2
  end;
end
$$;
comment on function engine.phrase_issues(jsonb, engine.graph_edge[]) is
'Phrases that are missing, malformed or on an edge whose rule does not look at them.';
revoke all on function engine.phrase_issues(jsonb, engine.graph_edge[]) from public;

-- sql/40_functions/workflows/place_nodes.sql
-- A layered drawing of a graph, after Sugiyama: cycles are opened, each node gets a layer, long edges
-- get bends, the order in each layer is chosen so that few lines cross, and at last everything gets
-- its place. Parts that don't hang together are drawn apart.
--
-- Nodes are numbered anew, from 1, in the order in which the drawing goes through the graph: lines lead
-- from lower to higher numbers. A row is one layer of one part.
create or replace function engine.place_nodes(
  p_nodes engine.graph_node[],
  p_edges engine.graph_edge[],
  p_is_downwards boolean
)
returns table (node_no integer, x double precision, y double precision)
language plpgsql
immutable
parallel safe
set search_path = ''
-- Joins between arrays, whose length the planner can't know: only hashes keep them linear.
set enable_nestloop = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_size integer := cardinality(p_nodes);
  v_sources integer[];
  v_targets integer[];
  v_order integer[];
  v_layers integer[];
  v_parts integer[];
  v_items record;
  v_rows integer[];
  v_places integer[];
  v_breadths double precision[];
begin
  if v_size = 0 then
    return;
  end if;
  select coalesce(array_agg(e.source_no order by e.edge_no), '{}'), coalesce(array_agg(e.target_no order by e.edge_no), '{}')
  into v_sources, v_targets
  from unnest(p_edges) as e
  where e.source_no <> e.target_no;
  -- From the trigger, then from what nothing leads to; what is left is behind a cycle that nothing enters.
  v_order := engine.drawing_order(v_size, v_sources, v_targets, array(
    select n.node_no
    from unnest(p_nodes) as n
    left join (select distinct t.node_no from unnest(v_targets) as t (node_no)) as t on n.node_no = t.node_no
    where n.type = 'trigger' or t.node_no is null
    order by n.type is distinct from 'trigger', n.node_no
  ));

  select
    coalesce(array_agg(l.source order by l.source, l.target), '{}'),
    coalesce(array_agg(l.target order by l.source, l.target), '{}')
  into v_sources, v_targets
  from (
    select distinct least(s.number, t.number)::integer as source, greatest(s.number, t.number)::integer as target
    from unnest(v_sources, v_targets) as e (source_no, target_no)
    inner join unnest(v_order) with ordinality as s (node_no, number) on e.source_no = s.node_no
    inner join unnest(v_order) with ordinality as t (node_no, number) on e.target_no = t.node_no
  ) as l;
  v_layers := engine.layer_numbers(v_size, v_sources, v_targets);
  v_parts := engine.part_numbers(p_nodes, v_order, v_sources, v_targets);
  select b.* into v_items from engine.bend_lines(v_layers, v_sources, v_targets) as b;

  v_rows := array(
    select dense_rank() over (order by v_parts[i.owner], i.layer)::integer
    from unnest(v_items.p_item_layers, v_items.p_item_owners) with ordinality as i (layer, owner, item)
    order by i.item
  );
  -- Walked depth first, what comes first is set down last: backwards it stands in front. The other
  -- order to begin with is the one of the graph as it was sent.
  v_places := engine.order_rows(
    v_rows, v_items.p_short_sources, v_items.p_short_targets,
    array(select -o.owner from unnest(v_items.p_item_owners) with ordinality as o (owner, item) order by o.item),
    array(select v_order[o.owner] from unnest(v_items.p_item_owners) with ordinality as o (owner, item) order by o.item)
  );
  v_breadths := engine.node_sides(p_nodes, v_order, case when p_is_downwards then 'width' else 'height' end);
  return query
  select c.*
  from engine.canvas_places(
    v_order, v_parts, v_layers,
    engine.node_sides(p_nodes, v_order, case when p_is_downwards then 'height' else 'width' end), v_breadths,
    engine.settle_rows(v_rows, v_places, v_breadths, v_items.p_short_sources, v_items.p_short_targets), p_is_downwards
  ) as c;
end
$$;
comment on function engine.place_nodes(engine.graph_node[], engine.graph_edge[], boolean) is
'The upper left corner of each node, such that none overlap and edges lead to the right, or down; edges that close a cycle, '
'lead nowhere or to themselves don''t count.';
revoke all on function engine.place_nodes(engine.graph_node[], engine.graph_edge[], boolean) from public;

-- sql/40_functions/workflows/publish_workflow.sql
-- From here on the workflow never changes. It is validated once more, because assistants may have
-- been switched off since it was saved. The one update carries the status to nodes and edges.
create or replace function public.publish_workflow(p_workflow_id uuid, p_note text default null)
returns jsonb
language plpgsql
security definer -- writes the workflow tables, which no role may write
set search_path = ''
as $$
declare
  v_workflow public.workflows := engine.find_workflow(p_workflow_id, 'operator');
  v_issues jsonb;
begin
  -- All drafts of the lineage, in one order, before this one is looked at: two that are published at
  -- once get two numbers. Not its versions, which launches hold for as long as they enroll.
  perform from public.workflows as w
  where w.team_id = v_workflow.team_id and w.lineage_id = v_workflow.lineage_id and w.status = 'DRAFT'
  order by w.id
  for no key update;
  v_workflow := engine.lock_workflow(p_workflow_id);
  if v_workflow.status <> 'DRAFT' then
    perform engine.refuse(
      'OB002',
      format('Only a draft can be published; this workflow is %s.', lower(v_workflow.status::text)),
      jsonb_build_object(
        'entity', 'workflow', 'id', v_workflow.id, 'from', v_workflow.status, 'to', 'PUBLISHED',
        'allowed', engine.legal_steps('workflow', v_workflow.status::text)
      ),
      'Make a new version: clone it to a draft and publish that.'
    );
  end if;
  perform engine.freeze_messages(v_workflow.team_id, v_workflow.id);
  v_issues := engine.workflow_text_issues(v_workflow.name, p_note)
    || engine.graph_issues(engine.workflow_graph(v_workflow.team_id, v_workflow.id), v_workflow.team_id);
  perform engine.refuse_issues(v_issues, 'The workflow');
  update public.workflows as w
  set
    status = 'PUBLISHED', note = nullif(btrim(p_note), ''), published_at = engine.now(), updated_at = engine.now(),
    version = (
      select coalesce(max(v.version), 0) + 1
      from public.workflows as v
      where v.team_id = w.team_id and v.lineage_id = w.lineage_id
    )
  where w.team_id = v_workflow.team_id and w.id = v_workflow.id
  returning w.* into v_workflow;
  return engine.describe_workflow(v_workflow) || jsonb_build_object('warnings', v_issues);
end
$$;
comment on function public.publish_workflow(uuid, text) is
'Publishes a draft as the next version of its lineage and returns it like get_workflow, with its warnings: OB001 lists every '
'problem, OB002 when it is no draft.';
revoke all on function public.publish_workflow(uuid, text) from public;
grant execute on function public.publish_workflow(uuid, text) to authenticated, service_role;

-- sql/40_functions/workflows/pull_rows.sql
-- Moves the items of each row next to those that lead to them, keeping their order and their distance.
-- Rows follow one another, because each is placed by the one before: that is the reason for the loop.
-- What nothing leads to would rather stay where it is.
create or replace function engine.pull_rows(
  p_rows integer[],
  p_places integer[],
  p_sizes double precision[], -- of each item, distance to the next one included
  p_centres double precision[],
  p_sources integer[],
  p_targets integer[],
  p_is_upwards boolean
)
returns double precision[]
language plpgsql
immutable
parallel safe
set search_path = ''
set jit = off
as $$
declare
  v_centres double precision[] := p_centres;
  v_sums double precision[] := array_fill(0::double precision, array[cardinality(p_rows)]);
  v_counts integer[] := array_fill(0, array[cardinality(p_rows)]);
  v_first integer[] := array_fill(0, array[cardinality(p_rows)]);
  v_next integer[] := array_fill(0, array[cardinality(p_sources)]);
  v_items integer[];
  v_sizes double precision[];
  v_wants double precision[];
  v_item integer;
  v_line integer;
  v_target integer;
begin
  for v_line in 1 .. cardinality(p_sources) loop
    v_next[v_line] := v_first[p_sources[v_line]];
    v_first[p_sources[v_line]] := v_line;
  end loop;
  for v_items, v_sizes in
    select array_agg(r.item::integer order by r.place), array_agg(r.size order by r.place)
    from unnest(p_rows, p_places, p_sizes) with ordinality as r (number, place, size, item)
    group by r.number
    order by case when p_is_upwards then -r.number else r.number end
  loop
    v_wants := array_fill(0::double precision, array[cardinality(v_items)]);
    for v_at in 1 .. cardinality(v_items) loop
      v_item := v_items[v_at];
      v_wants[v_at] := case
        when v_counts[v_item] > 0 then v_sums[v_item] / v_counts[v_item] else v_centres[v_item] end;
    end loop;
    if cardinality(v_items) > 1 then
      v_wants := engine.spread_out(v_wants, v_sizes);
    end if;
    for v_at in 1 .. cardinality(v_items) loop
      v_item := v_items[v_at];
      v_centres[v_item] := v_wants[v_at];
      v_line := v_first[v_item];
      while v_line > 0 loop
        v_target := p_targets[v_line];
        v_sums[v_target] := v_sums[v_target] + v_wants[v_at];
        v_counts[v_target] := v_counts[v_target] + 1;
        v_line := v_next[v_line];
      end loop;
    end loop;
  end loop;
  return v_centres;
end
$$;
comment on function engine.pull_rows(
  integer[], integer[], double precision[], double precision[], integer[], integer[], boolean
) is
'New centres along the rows: each item as near as can be to the mean of those that lead to it, without overlapping. Upwards, '
'give the lines the other way round.';
revoke all on function engine.pull_rows(
  integer[], integer[], double precision[], double precision[], integer[], integer[], boolean
) from public;

-- sql/40_functions/workflows/reachable_nodes.sql
-- Which nodes can be reached from some, walking each edge once. A walk goes step by step: that is
-- the reason for the loop. Sets can't do it in linear time, because a chain has as many frontiers as
-- nodes, and a recursive query that keeps paths explodes on diamonds. Nodes count from 0.
create or replace function engine.reachable_nodes(
  p_size integer,
  p_sources integer[],
  p_targets integer[],
  p_roots integer[]
)
returns boolean[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_first integer[] := array_fill(0, array[p_size], array[0]);
  v_next integer[] := array_fill(0, array[cardinality(p_sources)]);
  v_reached boolean[] := array_fill(false, array[p_size], array[0]);
  v_queue integer[] := array_fill(0, array[p_size]);
  v_head integer := 1;
  v_tail integer := 0;
  v_node integer;
  v_edge integer;
begin
  -- Each node's edges as a list: v_first leads to one, v_next from each to another.
  for v_edge in 1 .. cardinality(p_sources) loop
    v_node := p_sources[v_edge];
    v_next[v_edge] := v_first[v_node];
    v_first[v_node] := v_edge;
  end loop;
  foreach v_node in array p_roots loop
    if not v_reached[v_node] then
      v_reached[v_node] := true;
      v_tail := v_tail + 1;
      v_queue[v_tail] := v_node;
    end if;
  end loop;
  while v_head <= v_tail loop
    v_edge := v_first[v_queue[v_head]];
    v_head := v_head + 1;
    while v_edge > 0 loop
      v_node := p_targets[v_edge];
      if not v_reached[v_node] then
        v_reached[v_node] := true;
        v_tail := v_tail + 1;
        v_queue[v_tail] := v_node;
      end if;
      v_edge := v_next[v_edge];
    end loop;
  end loop;
  return v_reached;
end
$$;
comment on function engine.reachable_nodes(integer, integer[], integer[], integer[]) is
'For each node, from 0, whether it can be reached from the roots; swap sources and targets to walk backwards.';
revoke all on function engine.reachable_nodes(integer, integer[], integer[], integer[]) from public;

-- sql/40_functions/workflows/read_simulated_contact.sql
-- Whom a simulation follows: {timezone?, state?, postal_code?, phone?}. Zones and regions come from the
-- rule that contacts get theirs by; when nothing says where the person is, she is where the team is.
create or replace function engine.read_simulated_contact(
  p_contact jsonb,
  p_team public.teams,
  p_position integer,
  p_retry_budget integer
)
returns engine.simulated_contact
language sql
stable
set search_path = ''
as $$
  select (
    p_team.timezone,
    case when cardinality(z.timezones) = 0 then array[p_team.timezone] else z.timezones end,
    array(
      select distinct r.region
      from unnest(z.regions || upper(nullif(btrim(p_contact ->> 'state'), ''))) as r (region)
      where r.region is not null
      order by r.region
    ),
    p_position,
    p_retry_budget
  )::engine.simulated_contact
  from engine.zones_for(
    (select p.phone from engine.parse_phone(p_contact ->> 'phone', p_team.country, true) as p),
    p_contact ->> 'timezone', p_contact ->> 'postal_code'
  ) as z
$$;
comment on function engine.read_simulated_contact(jsonb, public.teams, integer, integer) is
'The zones and regions of a simulated contact, which has been validated.';
revoke all on function engine.read_simulated_contact(jsonb, public.teams, integer, integer) from public;

-- sql/40_functions/workflows/refuse_immutable.sql
-- The refusal of everything that would change a row whose status does not allow it any more.
create or replace function engine.refuse_immutable(p_entity text, p_id text, p_status public.workflow_status)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform engine.refuse(
    'OB003',
    case
      when p_status = 'DRAFT' then 'The trigger of a workflow can''t be deleted or changed to another kind, nor anything moved to another workflow.'
      else format('This %s is %s, so it does not change any more.', replace(p_entity, '_', ' '), lower(p_status::text))
    end,
    jsonb_build_object('entity', p_entity, 'id', p_id, 'status', p_status),
    case when p_status <> 'DRAFT' then 'Make a new version: clone the workflow to a draft and change that.' else '' end
  );
end
$$;
comment on function engine.refuse_immutable(text, text, public.workflow_status) is
'Raises OB003 for a workflow, or one of its nodes or edges, that does not change any more.';
revoke all on function engine.refuse_immutable(text, text, public.workflow_status) from public;

-- sql/40_functions/workflows/refuse_running_workflow.sql
-- What a campaign runs, or is about to run, can't be taken from under it.
create or replace function engine.refuse_running_workflow(p_workflow public.workflows)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_used_by jsonb;
begin
  select jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'status', c.status) order by c.name, c.id)
  into v_used_by
  from public.campaigns as c
  where c.team_id = p_workflow.team_id and c.workflow_id = p_workflow.id
    and c.status in ('SCHEDULED', 'ACTIVE', 'PAUSED');
  if v_used_by is not null then
    perform engine.refuse(
      'OB005',
      case jsonb_array_length(v_used_by)
        when 1 then format('The campaign "%s" runs this workflow.', v_used_by -> 0 ->> 'name')
        else format('%s campaigns run this workflow, "%s" among them.', jsonb_array_length(v_used_by), v_used_by -> 0 ->> 'name')
      end,
      jsonb_build_object('entity', 'workflow', 'id', p_workflow.id, 'used_by', v_used_by),
      'Wait until they are completed, or unschedule or cancel them.'
    );
  end if;
end
$$;
comment on function engine.refuse_running_workflow(public.workflows) is
'Raises OB005 while a SCHEDULED, ACTIVE or PAUSED campaign runs the workflow; used_by is [{id, name, status}].';
revoke all on function engine.refuse_running_workflow(public.workflows) from public;

-- sql/40_functions/workflows/refuse_stale_revision.sql
-- Somebody saved between this caller's read and save. Told what the other changed, an editor can show
-- it, or put both together. Of a revision that is not kept any more nobody can say.
create or replace function engine.refuse_stale_revision(p_workflow public.workflows, p_revision integer)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_read jsonb;
begin
  select r.graph into v_read
  from engine.workflow_revisions as r
  where r.team_id = p_workflow.team_id and r.workflow_id = p_workflow.id and r.revision = p_revision;
  perform engine.refuse(
    'OB006',
    'Someone else saved this workflow since it was read.',
    jsonb_build_object(
      'expected', p_revision, 'actual', p_workflow.revision, 'saved_at', p_workflow.updated_at,
      'changes', case when v_read is not null
          then engine.compare_graphs(v_read, engine.workflow_graph(p_workflow.team_id, p_workflow.id)) end
    ),
    'Read it again, make the changes again, and save with the revision that it has now.'
  );
end
$$;
comment on function engine.refuse_stale_revision(public.workflows, integer) is
'Raises OB006 with {expected, actual, saved_at, changes}: what was changed since that revision, or null when it is not kept.';
revoke all on function engine.refuse_stale_revision(public.workflows, integer) from public;

-- sql/40_functions/workflows/render_template.sql
-- A template with its variables filled in. A missing or blank value gives the variable's own
-- fallback, else nothing. Each value goes in as it is: braces in a customer's name stay braces. Every
-- text that is sent passes here, so this is the reader of engine.template_parts once more without
-- rows between; a test keeps the two equal.
create or replace function engine.render_template(p_template text, p_values jsonb)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_parts text[] := string_to_array(p_template, '{{');
  v_result text := v_parts[1];
  v_part text;
  v_inside text;
  v_name text;
  v_end integer;
begin
  for v_part_no in 2 .. coalesce(cardinality(v_parts), 0) loop
    v_part := v_parts[v_part_no];
    v_end := position('}}' in v_part);
    v_inside := left(v_part, greatest(v_end - 1, 0));
    v_name := btrim(split_part(v_inside, '|', 1));
    if length(v_name) <= 64 and v_name ~ '^[A-Za-z_][A-Za-z0-9_]*$' then
      v_result := v_result
        || coalesce(
          nullif(btrim(p_values ->> v_name), ''),
          case when v_inside like '%|%' then btrim(substr(v_inside, position('|' in v_inside) + 1)) else '' end
        )
        || substr(v_part, v_end + 2);
    else
      v_result := v_result || '{{' || v_part;
    end if;
  end loop;
  return coalesce(v_result, p_template);
end
$$;
comment on function engine.render_template(text, jsonb) is
'Fills {{variable}} and {{variable|fallback}} from an object of values; evaluates nothing.';
revoke all on function engine.render_template(text, jsonb) from public;

-- sql/40_functions/workflows/reply_matches.sql
-- Whether a reply says one of the phrases, as whole words: "no" is not in "nothing", and
-- "Yes, please!" says "yes please".
create or replace function engine.reply_matches(p_text text, p_phrases text[])
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_reply text := engine.reply_words(p_text);
begin
  return coalesce((
    select bool_or(length(w.words) > 2 and position(w.words in v_reply) > 0)
    from unnest(p_phrases) as p (phrase)
    cross join engine.reply_words(p.phrase) as w (words)
  ), false);
end
$$;
comment on function engine.reply_matches(text, text[]) is 'Whether a text holds one of the phrases as whole words, whatever their case.';
revoke all on function engine.reply_matches(text, text[]) from public;

-- sql/40_functions/workflows/reply_window_issues.sql
-- Texts that have to wait for a reply, and are not told how long.
create or replace function engine.reply_window_issues(p_list jsonb, p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
  return query
  select w.code, w.node_no, null::integer, '.data.reply_window', null::text[], null::integer, null::integer[]
  from (
    select distinct 'reply_window_missing' as code, e.source_no as node_no
    from unnest(p_edges) as e
    inner join reference.edge_rules as r on e.source_type = r.node_type and e.rule = r.rule
    where r.needs_reply_window
    offset 0
  ) as w
  where coalesce(p_list -> w.node_no -> 'data' -> 'reply_window', 'null') = 'null';
end
$$;
comment on function engine.reply_window_issues(jsonb, engine.graph_edge[]) is
'Texts with an edge that waits for a reply and without a reply window.';
revoke all on function engine.reply_window_issues(jsonb, engine.graph_edge[]) from public;

-- sql/40_functions/workflows/reply_words.sql
-- A reply as the words that phrases are looked for in: lower case, one space around each word.
-- What separates words is listed rather than what makes them, so that letters of every language
-- count whatever the database's locale; an emoji is a word of its own.
create or replace function engine.reply_words(p_text text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return ' ' || btrim(regexp_replace(
    regexp_replace(lower(p_text), '([\u2190-\u2bff\U0001f000-\U0001faff])[\ufe0f\U0001f3fb-\U0001f3ff]*', ' \1 ', 'g'),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf'
    '\u2000-\u206f\u3000-\u303f\ufe0f\U0001f3fb-\U0001f3ff]+',
    ' ', 'g'
  )) || ' ';
end
$$;
comment on function engine.reply_words(text) is 'A text in lower case, its words with one space around each, punctuation gone.';
revoke all on function engine.reply_words(text) from public;

-- sql/40_functions/workflows/rule_masks.sql
-- What each rule matches, as bits: sets of outcomes that can be joined and compared in one operation.
create or replace function engine.rule_masks()
returns table (node_type public.node_type, rule text, outcomes integer, settled integer)
language plpgsql
stable
parallel safe
rows 30
set search_path = ''
as $$
begin
  return query
  select r.node_type, r.rule, bit_or(o.flag), case when bool_or(r.is_partial) then 0 else bit_or(o.flag) end
  from reference.edge_rules as r
  inner join engine.outcome_flags() as o on r.outcome = o.outcome
  group by r.node_type, r.rule;
end
$$;
comment on function engine.rule_masks() is
'The rules of edges with the outcomes that they match as bits; settled are those that they match whatever else is so.';
revoke all on function engine.rule_masks() from public;

-- sql/40_functions/workflows/save_workflow.sql
-- The whole graph of a draft at once, all or nothing. The caller says at which revision it was read:
-- of two people who save at the same time one is told to look again, instead of losing the other's work.
create or replace function public.save_workflow(
  p_workflow_id uuid,
  p_graph jsonb,
  p_revision integer,
  p_name text default null
)
returns jsonb
language plpgsql
security definer -- writes the workflow tables, which no role may write
set search_path = ''
as $$
declare
  v_workflow public.workflows := engine.lock_workflow(p_workflow_id);
  v_issues jsonb;
  v_answer jsonb;
begin
  if v_workflow.status <> 'DRAFT' then
    perform engine.refuse(
      'OB003',
      format('This workflow is %s, so it does not change any more.', lower(v_workflow.status::text)),
      jsonb_build_object('entity', 'workflow', 'id', v_workflow.id, 'status', v_workflow.status),
      'Make a new version: clone it to a draft and save that.'
    );
  end if;
  if p_revision is distinct from v_workflow.revision then
    perform engine.refuse_stale_revision(v_workflow, p_revision);
  end if;
  v_issues := engine.workflow_text_issues(coalesce(p_name, v_workflow.name), null)
    || engine.graph_issues(p_graph, v_workflow.team_id);
  perform engine.refuse_issues(v_issues, 'The workflow');
  perform engine.store_graph(v_workflow.team_id, v_workflow.id, p_graph);
  update public.workflows as w
  set revision = w.revision + 1, name = coalesce(btrim(p_name), w.name), updated_at = engine.now()
  where w.team_id = v_workflow.team_id and w.id = v_workflow.id
  returning w.* into v_workflow;
  v_answer := engine.describe_workflow(v_workflow);
  perform engine.keep_revision(v_answer);
  return v_answer || jsonb_build_object('warnings', v_issues);
end
$$;
comment on function public.save_workflow(uuid, jsonb, integer, text) is
'Replaces the graph of a draft, read at p_revision, and returns it like get_workflow, with its warnings: OB001 lists every '
'problem, OB003 when it is no draft, OB006 when it was saved since, with what changed.';
revoke all on function public.save_workflow(uuid, jsonb, integer, text) from public;
grant execute on function public.save_workflow(uuid, jsonb, integer, text) to authenticated, service_role;

-- sql/40_functions/workflows/script_issues.sql
-- What is wrong with the script of a simulation: {node id: [outcome, …]}, an outcome being a word or
-- {outcome, reply_text?, after?}, for one visit of the node after the other.
create or replace function engine.script_issues(p_script jsonb, p_nodes public.workflow_nodes[])
returns jsonb
language sql
stable
set search_path = ''
as $$
  with scripts as (
    select
      s.key, s.value as said, n.id as node_id, n.type, (n.config ->> 'reply_window')::interval as reply_window,
      format('$.%s', to_json(s.key)) as path
    from jsonb_each(case when jsonb_typeof(p_script) = 'object' then p_script else '{}' end) as s
    left join unnest(p_nodes) as n on s.key = n.id and n.type <> 'trigger'
  ),

  said as (
    select
      s.*, format('%s[%s]', s.path, v.visit - 1) as place, v.entry, v.visit,
      case jsonb_typeof(v.entry) when 'string' then v.entry #>> '{}' when 'object' then v.entry ->> 'outcome' end as outcome
    from scripts as s
    cross join jsonb_array_elements(case when jsonb_typeof(s.said) = 'array' then s.said else '[]' end)
      with ordinality as v (entry, visit)
    where s.node_id is not null
  ),

  found as (
    select '$' as path, 'script_invalid' as code, 'The outcomes must be an object {node id: [outcome, …]}.' as message
    where jsonb_typeof(p_script) <> 'object'
    union all
    select s.path, 'node_unknown', format('There is no call or text "%s" in the workflow.', left(s.key, 100))
    from scripts as s
    where s.node_id is null
    union all
    select s.path, 'script_invalid', format('The outcomes of "%s" must be a list.', left(s.key, 100))
    from scripts as s
    where s.node_id is not null and jsonb_typeof(s.said) <> 'array'
    union all
    select s.place, 'outcome_impossible', format('This can''t come of "%s"; it may be %s.', s.node_id, (
      select string_agg(o.outcome::text, ', ' order by o.outcome)
      from reference.simulated_outcomes as o
      where o.node_type = s.type and o.awaits_reply = (s.reply_window is not null)
    ))
    from said as s
    where s.entry <> 'null' and not exists (
      select from reference.simulated_outcomes as o
      where o.node_type = s.type and o.awaits_reply = (s.reply_window is not null) and o.outcome::text = s.outcome
    )
    union all
    select s.place || '.after', 'after_invalid', 'The time until the outcome must be an ISO 8601 duration such as PT2M, not longer than the reply window.'
    from said as s
    where coalesce(s.entry -> 'after', 'null') <> 'null' and coalesce(
      jsonb_typeof(s.entry -> 'after') <> 'string' or engine.parse_duration(s.entry ->> 'after') is null
      or engine.parse_duration(s.entry ->> 'after') > coalesce(s.reply_window, interval '1 day'), true
    )
    union all
    select s.place || '.reply_text', 'reply_invalid', 'The reply must be a text of at most 1600 characters.'
    from said as s
    where coalesce(s.entry -> 'reply_text', 'null') <> 'null'
      and (jsonb_typeof(s.entry -> 'reply_text') <> 'string' or length(s.entry ->> 'reply_text') > 1600)
  )

  select coalesce(jsonb_agg(engine.issue(f.code, 'p_outcomes' || substr(f.path, 2), f.message) order by f.path, f.code), '[]')
  from found as f
$$;
comment on function engine.script_issues(jsonb, public.workflow_nodes[]) is 'Problems of a simulation''s script, as issues.';
revoke all on function engine.script_issues(jsonb, public.workflow_nodes[]) from public;

-- sql/40_functions/workflows/setting_issues.sql
-- One value of one setting; paths begin below it.
create or replace function engine.setting_issues(
  p_setting text,
  p_value jsonb,
  p_channel public.contact_channel
)
returns setof engine.graph_issue
language plpgsql
stable
set search_path = ''
as $$
declare
  v_retryable text[] := case p_channel
    when 'call' then array['no_answer', 'busy', 'voicemail', 'failed'] else array['undeliverable', 'failed']
  end;
begin
  case p_setting
    when 'business_hours' then
      return query select b.* from engine.business_hours_issues(p_value, p_channel) as b;
    when 'reply_window' then
      return query
      select 'reply_window_invalid', null::integer, null::integer, '', array[engine.show_value(p_value)], null::integer, null::integer[]
      where engine.is_duration(p_value, 'PT1S', 'P30D') is not true;
    when 'batching' then
      return query
      select 'batching_invalid', null::integer, null::integer, c.path, array[engine.show_value(c.value)], null::integer, null::integer[]
      from (
        values
        ('', p_value, jsonb_typeof(p_value) = 'object'),
        ('.size', p_value -> 'size', p_value ->> 'size' ~ '^([1-9][0-9]{0,4}|100000)$' and jsonb_typeof(p_value -> 'size') = 'number'),
        ('.interval', p_value -> 'interval', engine.is_duration(p_value -> 'interval', 'PT1S', 'P7D'))
      ) as c (path, value, is_sound)
      where c.is_sound is not true and (c.path = '' or jsonb_typeof(p_value) = 'object');
    when 'retry' then
      return query
      select 'retry_invalid', null::integer, null::integer, c.path,
        array[engine.show_value(c.value), array_to_string(v_retryable, ', ')], null::integer, null::integer[]
      from (
        values
        ('', p_value, jsonb_typeof(p_value) = 'object'),
        ('.outcomes', p_value -> 'outcomes', case jsonb_typeof(p_value -> 'outcomes')
          when 'array' then p_value -> 'outcomes' <> '[]' and p_value -> 'outcomes' <@ to_jsonb(v_retryable)
        end),
        ('.max_retries', p_value -> 'max_retries',
          p_value ->> 'max_retries' ~ '^([1-9]|10)$' and jsonb_typeof(p_value -> 'max_retries') = 'number'),
        ('.delay', p_value -> 'delay', engine.is_duration(p_value -> 'delay', 'PT1S', 'P30D'))
      ) as c (path, value, is_sound)
      where c.is_sound is not true and (c.path = '' or jsonb_typeof(p_value) = 'object');
  end case;
end
$$;
comment on function engine.setting_issues(text, jsonb, public.contact_channel) is
'What is wrong with one value of business_hours, batching, retry or reply_window on a node of this channel.';
revoke all on function engine.setting_issues(text, jsonb, public.contact_channel) from public;

-- sql/40_functions/workflows/settle_rows.sql
-- Where everything stands across the drawing: rows begin packed around one line and are then pulled
-- towards each other, forth and back. Bends are what has no breadth of its own, and need little room.
create or replace function engine.settle_rows(
  p_rows integer[],
  p_places integer[],
  p_breadths double precision[],
  p_sources integer[],
  p_targets integer[]
)
returns double precision[]
language plpgsql
immutable
parallel safe
set search_path = ''
set jit = off
as $$
declare
  v_sizes double precision[] := array(
    select coalesce(p_breadths[i.item] + 60, 20) from generate_series(1, cardinality(p_rows)) as i (item) order by i.item
  );
  v_centres double precision[] := array(
    select
      sum(i.size) over (partition by i.number order by i.place)
      - (i.size + sum(i.size) over (partition by i.number)) / 2
    from unnest(p_rows, p_places, v_sizes) with ordinality as i (number, place, size, item)
    order by i.item
  );
begin
  for v_round in 1 .. 2 loop
    v_centres := engine.pull_rows(p_rows, p_places, v_sizes, v_centres, p_sources, p_targets, false);
    v_centres := engine.pull_rows(p_rows, p_places, v_sizes, v_centres, p_targets, p_sources, true);
  end loop;
  return v_centres;
end
$$;
comment on function engine.settle_rows(integer[], integer[], double precision[], integer[], integer[]) is
'The centre of each item across the drawing, neighbours at least 60 apart. Breadths are those of the nodes; the items that '
'follow them are bends.';
revoke all on function engine.settle_rows(integer[], integer[], double precision[], integer[], integer[]) from public;

-- sql/40_functions/workflows/show_value.sql
-- A value as messages name it: short, whatever was sent. In PL/pgSQL, as are all small functions here
-- that are called for many values, because one in SQL would be planned anew each time.
create or replace function engine.show_value(p_value jsonb)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case coalesce(jsonb_typeof(p_value), 'null')
    when 'null' then 'nothing'
    when 'object' then 'an object'
    when 'array' then 'a list'
    else left(p_value::text, 60) || case when length(p_value::text) > 60 then '…' else '' end
  end;
end
$$;
comment on function engine.show_value(jsonb) is 'A JSON value in at most 61 characters, for a message.';
revoke all on function engine.show_value(jsonb) from public;

-- sql/40_functions/workflows/simulate_journey.sql
-- One contact's way through a graph, visit by visit; a loop, because each visit depends on the one before.
-- It asks the engine's own functions what is due when and where it goes on, and writes nothing. The
-- place in the list counts at the first node: further on, who comes when depends on everybody's calls.
create or replace function engine.simulate_journey(
  p_nodes public.workflow_nodes[],
  p_edges public.workflow_edges[],
  p_start_at timestamptz,
  p_contact engine.simulated_contact,
  p_script jsonb,
  p_seed integer
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_node public.workflow_nodes;
  v_at timestamptz := p_start_at;
  v_visits jsonb[] := '{}'::jsonb[];
  v_visit integer := 1;
  v_retries_left integer := p_contact.retry_budget;
  v_has_booked boolean := false;
  v_waited jsonb := '[]'::jsonb;
  v_choices engine.edge_choice[];
  v_place engine.simulated_place;
  v_said engine.simulated_outcome;
  v_ended engine.ended_visit;
  v_step engine.decision;
begin
  select n.* into v_node from unnest(p_nodes) as n where n.type = 'trigger';
  loop
    v_choices := engine.edge_choices(p_edges, v_node.id);
    v_place := (date_trunc('second', v_at), '[]'::jsonb);
    v_said := null;
    if v_node.type <> 'trigger' then
      v_place := engine.simulate_place(
        v_node, v_at, p_contact, case when cardinality(v_visits) = 1 then p_contact.position_in_list else 1 end
      );
      v_said := engine.simulate_outcome(v_node, v_visit, p_script, p_seed, v_choices);
    end if;
    if v_place.due_at is null then
      v_step := (1, false, null::text, null::text, null::interval, engine.closing_status('never_open'), 'never_open')::engine.decision;
      v_visits := v_visits || engine.tell_visit(v_node, v_visit, v_at, v_waited, null, null, null, v_step);
    else
      v_has_booked := v_has_booked or v_said.outcome is not distinct from 'booked';
      v_ended := (
        v_node.type, v_said.outcome, null, v_said.reply_text, v_node.config -> 'retry', v_retries_left,
        v_visit::bigint, false, v_choices
      )::engine.ended_visit;
      v_step := engine.simulate_step(v_ended);
      v_visits := v_visits || engine.tell_visit(v_node, v_visit, v_at, v_waited, v_place, v_said, v_ended, v_step);
      v_at := v_place.due_at + coalesce(v_said.takes, interval '0');
    end if;
    exit when v_step.end_status is not null;
    v_at := v_at + coalesce(v_step.delay, interval '0');
    v_waited := case when v_step.delay > interval '0' then jsonb_build_array(jsonb_build_object(
      'for', case when v_step.is_retry then 'retry' else 'delay' end, 'until', v_at
    )) else '[]' end;
    v_retries_left := v_retries_left - v_step.is_retry::integer;
    v_visit := case when v_step.is_retry then v_visit + 1 else 1 end;
    if not v_step.is_retry then
      select n.* into v_node from unnest(p_nodes) as n where n.id = v_step.target;
    end if;
  end loop;
  return jsonb_build_object('visits', to_jsonb(v_visits), 'end', engine.tell_end(v_step, v_has_booked, v_at));
end
$$;
comment on function engine.simulate_journey(
  public.workflow_nodes[], public.workflow_edges[], timestamptz, engine.simulated_contact, jsonb, integer
) is '{visits: […], end: {status, reason_code, at, message}} of one contact''s way through a graph.';
revoke all on function engine.simulate_journey(
  public.workflow_nodes[], public.workflow_edges[], timestamptz, engine.simulated_contact, jsonb, integer
) from public;

-- sql/40_functions/workflows/simulate_outcome.sql
-- What comes of a simulated visit: what the script says for it, else a sample that depends on nothing but
-- the seed, the node and the visit, so that a simulation can be repeated. A sampled reply says one of the
-- phrases that the node's edges look for, or none of them.
create or replace function engine.simulate_outcome(
  p_node public.workflow_nodes,
  p_visit integer,
  p_script jsonb,
  p_seed integer,
  p_edges engine.edge_choice[]
)
returns engine.simulated_outcome
language plpgsql
stable
set search_path = ''
as $$
declare
  v_said jsonb := nullif(p_script -> p_node.id -> (p_visit - 1), 'null');
  v_window interval := (p_node.config ->> 'reply_window')::interval;
  v_key text := format('%s|%s|%s', p_seed, p_node.id, p_visit);
  v_replies text[] := array(
    select p.phrase from unnest(p_edges) as e cross join unnest(e.phrases) as p (phrase) order by p.phrase
  ) || array['Who is this?'];
  v_outcome public.job_outcome := coalesce(
    v_said ->> 'outcome', case when jsonb_typeof(v_said) = 'string' then v_said #>> '{}' end
  )::public.job_outcome;
  v_takes interval := engine.parse_duration(v_said ->> 'after');
begin
  if v_outcome is null then
    select s.outcome into v_outcome
    from (
      select o.outcome, sum(o.weight) over (order by o.outcome) as upto, sum(o.weight) over () as total
      from reference.simulated_outcomes as o
      where o.node_type = p_node.type and o.awaits_reply = (v_window is not null)
    ) as s
    where s.upto > mod(mod(hashtextextended(v_key, 0), s.total) + s.total, s.total)
    order by s.upto
    limit 1;
  end if;
  if v_takes is null or v_outcome = 'no_reply' then
    select least(coalesce(o.takes, v_window), v_window) into v_takes
    from reference.simulated_outcomes as o
    where o.node_type = p_node.type and o.awaits_reply = (v_window is not null) and o.outcome = v_outcome;
  end if;
  return (
    v_outcome,
    case
      when v_said is not null then v_said ->> 'reply_text'
      when v_outcome = 'replied'
        then v_replies[1 + mod(abs(mod(hashtextextended(v_key, 1), 1000000)), cardinality(v_replies))]
    end,
    v_takes,
    case when v_said is null then 'sampled' else 'scripted' end
  )::engine.simulated_outcome;
end
$$;
comment on function
engine.simulate_outcome(public.workflow_nodes, integer, jsonb, integer, engine.edge_choice[]) is
'The scripted or else sampled outcome of a visit (from 1) of a node, with how long after sending it is known.';
revoke all on function
engine.simulate_outcome(public.workflow_nodes, integer, jsonb, integer, engine.edge_choice[]) from public;

-- sql/40_functions/workflows/simulate_place.sql
-- When a simulated visit is due, by the functions that place real jobs, and what it waited for: the law,
-- the node's business hours, its batching. p_position is the contact's place among those who come to
-- the node at that moment.
create or replace function engine.simulate_place(
  p_node public.workflow_nodes,
  p_not_before timestamptz,
  p_contact engine.simulated_contact,
  p_position integer
)
returns engine.simulated_place
language plpgsql
stable
set search_path = ''
as $$
declare
  v_channel public.contact_channel := p_node.type::text::public.contact_channel;
  v_size integer := (p_node.config -> 'batching' ->> 'size')::integer;
  v_interval interval := (p_node.config -> 'batching' ->> 'interval')::interval;
  v_until timestamptz := engine.calendar_end(p_not_before, ceil(p_position::numeric / v_size), v_interval);
  v_hours tstzmultirange := engine.open_hours(
    v_channel, p_node.config -> 'business_hours', p_contact.team_timezone, p_contact.timezones, p_contact.regions, p_not_before, v_until
  );
  v_earliest timestamptz := engine.first_open(v_hours, p_not_before);
  v_legal timestamptz;
  v_due timestamptz := v_earliest;
begin
  if v_earliest is null then
    return null;
  end if;
  v_legal := engine.first_open(
    engine.open_hours(v_channel, null, p_contact.team_timezone, p_contact.timezones, p_contact.regions, p_not_before, v_until), p_not_before
  );
  if v_size is not null then
    v_due := coalesce((
      select s.run_at
      from engine.find_slots(
        null, null, p_node.id, v_size, v_interval, v_hours, v_earliest, p_position
      ) as s
      where p_position between s.rank_from and s.rank_to
    ), upper(v_hours));
  end if;
  v_due := date_trunc('second', v_due);
  return (v_due, (
    select coalesce(jsonb_agg(jsonb_build_object('for', w.reason, 'until', w.until) order by w.until), '[]')
    from (values
      ('legal_hours', v_legal, date_trunc('second', p_not_before)),
      ('business_hours', v_earliest, v_legal),
      ('batching', v_due, v_earliest)
    ) as w (reason, until, since)
    where w.until > w.since
  ))::engine.simulated_place;
end
$$;
comment on function engine.simulate_place(public.workflow_nodes, timestamptz, engine.simulated_contact, integer) is
'Due time of a simulated visit and [{for, until}] of its waits; null when the node is never open for the contact.';
revoke all on function engine.simulate_place(public.workflow_nodes, timestamptz, engine.simulated_contact, integer) from public;

-- sql/40_functions/workflows/simulate_step.sql
-- Where a simulated visit leads. An opt-out stops a journey before its edges are looked at, as it does
-- in engine.advance_enrollments.
create or replace function engine.simulate_step(p_ended engine.ended_visit)
returns engine.decision
language plpgsql
stable
set search_path = ''
as $$
declare
  v_step engine.decision;
begin
  if p_ended.outcome = 'opted_out' then
    return (1, false, null, null, null, 'OPTED_OUT', 'opted_out')::engine.decision;
  end if;
  select d.* into v_step from engine.decide_steps(array[p_ended]) as d;
  return v_step;
end
$$;
comment on function engine.simulate_step(engine.ended_visit) is 'The decision after one visit, opt-outs included.';
revoke all on function engine.simulate_step(engine.ended_visit) from public;

-- sql/40_functions/workflows/simulate_workflow.sql
-- What would happen to one contact, without sending or writing anything: of a stored workflow, or of a
-- graph that is only drawn so far. The engine's own functions say which way she goes and when.
create or replace function public.simulate_workflow(
  p_workflow_id uuid default null,
  p_graph jsonb default null,
  p_start_at timestamptz default null,
  p_outcomes jsonb default '{}',
  p_contact jsonb default '{}',
  p_seed integer default 0,
  p_position integer default 1,
  p_retry_budget integer default 10,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- reads the workflow tables and the registries for a caller who was checked
set search_path = ''
set timezone = 'UTC' -- a day of a delay is a day of the engine's clock, whatever zone the request asks for
as $$
declare
  v_team public.teams;
  v_nodes public.workflow_nodes[];
  v_edges public.workflow_edges[];
  v_start_at timestamptz := coalesce(p_start_at, engine.now());
  v_contact engine.simulated_contact;
begin
  if (p_workflow_id is null) = (p_graph is null) then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'workflow_or_graph', 'p_workflow_id', 'Name a workflow or send a graph, one of the two.'
    )), 'The simulation');
  end if;
  select t.* into v_team
  from public.teams as t
  where t.id = case
    when p_graph is null then (engine.find_workflow(p_workflow_id, 'viewer')).team_id
    else engine.require_team(p_team_id, 'viewer')
  end;
  if p_graph is null then
    v_nodes := array(select n from public.workflow_nodes as n where n.team_id = v_team.id and n.workflow_id = p_workflow_id);
    v_edges := array(select e from public.workflow_edges as e where e.team_id = v_team.id and e.workflow_id = p_workflow_id);
  else
    perform engine.refuse_issues(engine.graph_issues(p_graph, v_team.id), 'The workflow');
    v_nodes := array(select n from engine.node_rows(v_team.id, null, engine.graph_nodes(p_graph)) as n);
    v_edges := array(
      select e from engine.edge_rows(v_team.id, null, engine.graph_edges(p_graph, engine.graph_nodes(p_graph))) as e
    );
  end if;
  perform engine.refuse_issues(
    engine.simulation_issues(p_start_at, coalesce(p_contact, '{}'), p_position, p_retry_budget, v_team.country)
    || engine.script_issues(coalesce(p_outcomes, '{}'), v_nodes),
    'The simulation'
  );
  v_contact := engine.read_simulated_contact(coalesce(p_contact, '{}'), v_team, p_position, p_retry_budget);
  return jsonb_build_object(
    'workflow_id', p_workflow_id, 'start_at', v_start_at, 'timezones', v_contact.timezones, 'regions', v_contact.regions
  ) || engine.simulate_journey(v_nodes, v_edges, v_start_at, v_contact, coalesce(p_outcomes, '{}'), coalesce(p_seed, 0));
end
$$;
comment on function
public.simulate_workflow(uuid, jsonb, timestamptz, jsonb, jsonb, integer, integer, integer, uuid) is
'One contact''s way through a workflow or graph, sending and writing nothing: {start_at, timezones, regions, visits, end}. '
'p_outcomes {node id: [outcome or {outcome, reply_text, after}]}; the rest is sampled from p_seed. OB001, OB004.';
revoke all on function
public.simulate_workflow(uuid, jsonb, timestamptz, jsonb, jsonb, integer, integer, integer, uuid) from public;
grant execute on function
public.simulate_workflow(uuid, jsonb, timestamptz, jsonb, jsonb, integer, integer, integer, uuid)
to authenticated, service_role;

-- sql/40_functions/workflows/simulation_issues.sql
-- What is wrong with how a simulation is asked for, apart from its script and its graph.
create or replace function engine.simulation_issues(
  p_start_at timestamptz,
  p_contact jsonb,
  p_position integer,
  p_retry_budget integer,
  p_country text
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(engine.issue(f.code, f.path, f.message) order by f.path), '[]')
  from (
    select
      'start_invalid' as code, 'p_start_at' as path, 'The start must be a moment between 2000 and 2100.' as message,
      p_start_at is not null and p_start_at not between '2000-01-01 00:00+00' and '2100-01-01 00:00+00' as is_wrong
    union all
    select 'position_range', 'p_position', 'The place in the list must be between 1 and 1000000.',
      p_position is null or p_position not between 1 and 1000000
    union all
    select 'retry_budget_range', 'p_retry_budget', 'The retries in all must be between 0 and 100.',
      p_retry_budget is null or p_retry_budget not between 0 and 100
    union all
    select 'contact_invalid', 'p_contact', 'The contact must be an object {timezone, state, postal_code, phone}, of texts.',
      jsonb_typeof(p_contact) <> 'object' or exists (
        select
        from jsonb_each(case when jsonb_typeof(p_contact) = 'object' then p_contact else '{}' end) as c
        where jsonb_typeof(c.value) not in ('string', 'null')
          or c.key not in ('timezone', 'state', 'postal_code', 'phone')
      )
    union all
    select 'timezone_unknown', 'p_contact.timezone', 'The zone must be one of a place, such as America/Denver.',
      jsonb_typeof(p_contact -> 'timezone') = 'string' and not exists (
        select from reference.timezones as z where z.spelling = lower(btrim(p_contact ->> 'timezone'))
      )
    union all
    select 'state_invalid', 'p_contact.state', 'The state must be two letters, such as FL.',
      jsonb_typeof(p_contact -> 'state') = 'string' and btrim(p_contact ->> 'state') !~ '^([A-Za-z]{2})?$'
    union all
    select i.code, 'p_contact.phone', i.message, coalesce(btrim(p_contact ->> 'phone'), '') <> ''
    from engine.parse_phone(p_contact ->> 'phone', p_country, true) as p
    inner join reference.import_problems as i on p.problem = i.code
  ) as f
  where f.is_wrong
$$;
comment on function engine.simulation_issues(timestamptz, jsonb, integer, integer, text) is
'Problems of a simulation''s arguments, as issues.';
revoke all on function engine.simulation_issues(timestamptz, jsonb, integer, integer, text) from public;

-- sql/40_functions/workflows/spread_out.sql
-- Places along a line for things that stand in a fixed order and may not overlap, as near as can be to
-- where each wants to be, in the sense of least squares: neighbours that would overlap are pooled and
-- move as one. A pool grows by what comes next, which is the reason for the loop.
create or replace function engine.spread_out(p_wants double precision[], p_sizes double precision[])
returns double precision[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_size integer := cardinality(p_wants);
  v_shifts double precision[] := array_fill(0::double precision, array[v_size]); -- centres when all stand close, from 0
  v_sums double precision[] := v_shifts; -- of each pool: where it wants to begin, times its members
  v_members integer[] := array_fill(0, array[v_size]);
  v_pools integer := 0;
  v_shift double precision := 0::double precision;
  v_at integer := 0;
  v_centres double precision[] := v_shifts;
begin
  for v_thing in 1 .. v_size loop
    v_shifts[v_thing] := v_shift + p_sizes[v_thing] / 2;
    v_shift := v_shift + p_sizes[v_thing];
    v_pools := v_pools + 1;
    v_members[v_pools] := 1;
    v_sums[v_pools] := p_wants[v_thing] - v_shifts[v_thing];
    while v_pools > 1 and v_sums[v_pools - 1] / v_members[v_pools - 1] > v_sums[v_pools] / v_members[v_pools] loop
      v_pools := v_pools - 1;
      v_members[v_pools] := v_members[v_pools] + v_members[v_pools + 1];
      v_sums[v_pools] := v_sums[v_pools] + v_sums[v_pools + 1];
    end loop;
  end loop;
  for v_pool in 1 .. v_pools loop
    for v_member in 1 .. v_members[v_pool] loop
      v_at := v_at + 1;
      v_centres[v_at] := v_sums[v_pool] / v_members[v_pool] + v_shifts[v_at];
    end loop;
  end loop;
  return v_centres;
end
$$;
comment on function engine.spread_out(double precision[], double precision[]) is
'Centres of things of these sizes, in this order, without overlap, as near as can be to where they want to be.';
revoke all on function engine.spread_out(double precision[], double precision[]) from public;

-- sql/40_functions/workflows/store_graph.sql
-- Makes the stored nodes and edges of a draft equal to a graph that has been validated: what is gone
-- from it is deleted, the rest updated or added. Rows that did not change are not written. A graph that
-- comes without positions is arranged. The caller holds the lock on the workflow.
create or replace function engine.store_graph(p_team_id uuid, p_workflow_id uuid, p_graph jsonb)
returns void
language plpgsql
set search_path = ''
set enable_nestloop = off -- as in engine.graph_issues: the length of an array is not known to the planner
set jit = off
as $$
declare
  v_nodes engine.graph_node[] := engine.graph_nodes(engine.with_positions(p_graph));
  v_edges engine.graph_edge[] := engine.graph_edges(p_graph, v_nodes);
begin
  perform engine.keep_trigger(p_team_id, p_workflow_id, v_nodes);

  delete from public.workflow_edges as e
  where e.team_id = p_team_id and e.workflow_id = p_workflow_id
    and not exists (select from unnest(v_edges) as g where g.id = e.id);
  delete from public.workflow_nodes as n
  where n.team_id = p_team_id and n.workflow_id = p_workflow_id
    and not exists (select from unnest(v_nodes) as g where g.id = n.id);

  insert into public.workflow_nodes as n
  select g.* from engine.node_rows(p_team_id, p_workflow_id, v_nodes) as g
  on conflict (team_id, workflow_id, id) do update
  set
    type = excluded.type, ordinal = excluded.ordinal, label = excluded.label,
    position_x = excluded.position_x, position_y = excluded.position_y, config = excluded.config
  where (n.type, n.ordinal, n.label, n.position_x, n.position_y, n.config) is distinct from
    (excluded.type, excluded.ordinal, excluded.label, excluded.position_x, excluded.position_y, excluded.config);

  insert into public.workflow_edges as e
  select g.* from engine.edge_rows(p_team_id, p_workflow_id, v_edges) as g
  on conflict (team_id, workflow_id, id) do update
  set
    source = excluded.source, target = excluded.target, source_handle = excluded.source_handle,
    ordinal = excluded.ordinal, label = excluded.label, when_outcome = excluded.when_outcome,
    phrases = excluded.phrases, delay = excluded.delay, priority = excluded.priority
  where (e.source, e.target, e.source_handle, e.ordinal, e.label, e.when_outcome, e.phrases, e.delay, e.priority)
    is distinct from (
      excluded.source, excluded.target, excluded.source_handle, excluded.ordinal, excluded.label,
      excluded.when_outcome, excluded.phrases, excluded.delay, excluded.priority
    );
end
$$;
comment on function engine.store_graph(uuid, uuid, jsonb) is 'Makes a draft''s nodes and edges equal to a validated graph.';
revoke all on function engine.store_graph(uuid, uuid, jsonb) from public;

-- sql/40_functions/workflows/structure_issues.sql
-- The graph as a graph: every node reachable, no cycle, and no path that peters out. Edges that lead
-- nowhere or to themselves have their own issues and are left out. A walk costs more than a look at
-- all edges at once, so each walk runs only where such a look can't rule the problem out.
create or replace function engine.structure_issues(p_nodes engine.graph_node[], p_edges engine.graph_edge[])
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_size integer := cardinality(p_nodes);
  v_sources integer[];
  v_targets integer[];
  v_triggers integer[];
  v_is_acyclic boolean;
begin
  select coalesce(array_agg(e.source_no), '{}'), coalesce(array_agg(e.target_no), '{}')
  into v_sources, v_targets
  from unnest(p_edges) as e
  where e.source_no <> e.target_no;
  v_triggers := array(select n.node_no from unnest(p_nodes) as n where n.type = 'trigger');
  v_is_acyclic := cardinality(engine.topological_order(v_size, v_sources, v_targets)) = v_size;

  -- Without a trigger nothing could be reached, which the missing trigger says already. Without a
  -- cycle, whoever goes back from node to node ends at one that nothing enters: when only triggers
  -- are entered by nothing, all the others are reached.
  if v_triggers <> '{}' and not (
    v_is_acyclic and (select count(*) from (select distinct e.node_no from unnest(v_triggers || v_targets) as e (node_no)) as d) = v_size
  ) then
    return query
    select 'node_unreachable', (r.place - 1)::integer, null::integer, '', null::text[], null::integer, null::integer[]
    from unnest(engine.reachable_nodes(v_size, v_sources, v_targets, v_triggers)) with ordinality as r (is_reached, place)
    where not r.is_reached;
  end if;

  if not v_is_acyclic then
    return query
    select 'graph_cycle', min(c.node_no)::integer, null::integer, '', null::text[], null::integer,
      array_agg(c.node_no order by c.node_no)
    from (
      select u.cycle, (u.place - 1)::integer as node_no
      from unnest(engine.graph_cycles(v_size, v_sources, v_targets)) with ordinality as u (cycle, place)
    ) as c
    where c.cycle is not null
    group by c.cycle;
  end if;

  return query select d.* from engine.dead_end_issues(p_nodes, p_edges, v_sources, v_targets) as d;
end
$$;
comment on function engine.structure_issues(engine.graph_node[], engine.graph_edge[]) is
'Problems of a graph''s shape: reachability, cycles, dead ends.';
revoke all on function engine.structure_issues(engine.graph_node[], engine.graph_edge[]) from public;

-- sql/40_functions/workflows/sweep_rows.sql
-- One sweep of the barycentre method: row by row, each item moves to the mean place of those that lead
-- to it. Rows follow one another, because each is sorted by the one before: that is the reason for the
-- loop. Places are taken as shares of their row, so that an item that nothing leads to can stay where
-- it is; of equals the one that stood first stays first.
create or replace function engine.sweep_rows(
  p_rows integer[],
  p_places integer[],
  p_sources integer[],
  p_targets integer[],
  p_is_upwards boolean
)
returns integer[]
language plpgsql
immutable
parallel safe
set search_path = ''
set jit = off
as $$
declare
  v_places integer[] := p_places;
  v_sums double precision[] := array_fill(0::double precision, array[cardinality(p_rows)]);
  v_counts integer[] := array_fill(0, array[cardinality(p_rows)]);
  v_first integer[] := array_fill(0, array[cardinality(p_rows)]);
  v_next integer[] := array_fill(0, array[cardinality(p_sources)]);
  v_items integer[];
  v_size integer;
  v_item integer;
  v_line integer;
  v_target integer;
  v_share double precision;
  v_weights double precision[];
begin
  for v_line in 1 .. cardinality(p_sources) loop
    v_next[v_line] := v_first[p_sources[v_line]];
    v_first[p_sources[v_line]] := v_line;
  end loop;
  for v_items, v_size in
    select array_agg(r.item::integer order by r.place), count(*)::integer
    from unnest(p_rows, p_places) with ordinality as r (number, place, item)
    group by r.number
    order by case when p_is_upwards then -r.number else r.number end
  loop
    if v_size > 1 then
      v_weights := array_fill(0::double precision, array[v_size]);
      for v_at in 1 .. v_size loop
        v_item := v_items[v_at];
        v_weights[v_at] := case
          when v_counts[v_item] > 0 then v_sums[v_item] / v_counts[v_item] else (v_at - 0.5::double precision) / v_size end;
      end loop;
      v_items := array(
        select i.item from unnest(v_items, v_weights) with ordinality as i (item, weight, place)
        order by i.weight, i.place
      );
    end if;
    for v_at in 1 .. v_size loop
      v_item := v_items[v_at];
      v_places[v_item] := v_at;
      v_share := (v_at - 0.5::double precision) / v_size;
      v_line := v_first[v_item];
      while v_line > 0 loop
        v_target := p_targets[v_line];
        v_sums[v_target] := v_sums[v_target] + v_share;
        v_counts[v_target] := v_counts[v_target] + 1;
        v_line := v_next[v_line];
      end loop;
    end loop;
  end loop;
  return v_places;
end
$$;
comment on function engine.sweep_rows(integer[], integer[], integer[], integer[], boolean) is
'New places, from 1, in the same rows: each item as near as can be to the mean of those that lead to it. Upwards, give the '
'lines the other way round.';
revoke all on function engine.sweep_rows(integer[], integer[], integer[], integer[], boolean) from public;

-- sql/40_functions/workflows/tell_end.sql
-- The end of a simulated journey, in the engine's words and in a sentence.
create or replace function engine.tell_end(p_step engine.decision, p_has_booked boolean, p_at timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'status', f.status,
    'reason_code', case when f.status = 'BOOKED' then 'booked' else p_step.reason_code end,
    'at', p_at,
    'message', case
      when p_step.reason_code = 'never_open' then 'The contact can never be reached here: no hour is open both by law and by the node.'
      when f.status = 'BOOKED' then 'The contact booked.'
      when f.status = 'OPTED_OUT' then 'The contact opted out.'
      when f.status = 'FAILED' then 'The last step failed, and nothing follows it.'
      else 'The journey is complete.'
    end
  )
  from (select engine.final_status(p_step.end_status, p_has_booked) as status) as f
$$;
comment on function engine.tell_end(engine.decision, boolean, timestamptz) is
'{status, reason_code, at, message} of a simulated journey''s end.';
revoke all on function engine.tell_end(engine.decision, boolean, timestamptz) from public;

-- sql/40_functions/workflows/tell_step.sql
-- A decision and how it came about, in words: the step that is next, and each edge with why it is taken or
-- not.
create or replace function engine.tell_step(p_ended engine.ended_visit, p_decision engine.decision)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'next', jsonb_build_object(
      'kind', k.kind,
      'edge_id', p_decision.edge_id,
      'target', p_decision.target,
      'delay', case when k.kind <> 'end' then engine.format_duration(coalesce(p_decision.delay, interval '0')) end,
      'reason', case
        when k.kind = 'retry' then format(
          '%s is tried again: retry %s of %s.', p_ended.outcome, p_ended.dialled, p_ended.retry ->> 'max_retries'
        )
        when p_ended.outcome = 'opted_out' then 'An opt-out ends every journey.'
        when k.kind = 'edge' and p_ended.outcome is null then 'The journey begins.'
        when k.kind = 'edge' then format('The first edge that matches %s.', p_ended.outcome)
        when cardinality(p_ended.edges) = 0 then 'Nothing follows.'
        else format('No edge matches %s.', p_ended.outcome)
      end
    ),
    'edges', coalesce((
      select jsonb_agg(jsonb_build_object(
        'edge_id', w.edge_id, 'when', w.rule, 'priority', w.priority, 'target', w.target,
        'matches', w.matches, 'taken', w.is_first and k.kind = 'edge',
        'reason', case
          when k.kind = 'retry' then 'The node is tried again first.'
          when p_ended.outcome = 'opted_out' then 'An opt-out goes on nowhere.'
          when w.matches and w.is_first then 'Matches, and is tried first.'
          when w.matches then 'Matches, but another edge is tried before it.'
          when w.rule = 'reply_matches' and p_ended.outcome = 'replied' then 'The reply has none of its phrases.'
          else format('%s is not %s.', p_ended.outcome, w.rule)
        end
      ) order by w.priority, w.edge_id)
      from engine.weigh_edges(array[p_ended]) as w
    ), '[]')
  )
  from (
    select case
      when p_decision.is_retry then 'retry' when p_decision.edge_id is not null then 'edge' else 'end'
    end as kind
  ) as k
$$;
comment on function engine.tell_step(engine.ended_visit, engine.decision) is
'{next: {kind, edge_id, target, delay, reason}, edges: [{edge_id, when, priority, target, matches, taken, reason}]} of a decision.';
revoke all on function engine.tell_step(engine.ended_visit, engine.decision) from public;

-- sql/40_functions/workflows/tell_visit.sql
-- One visit of a simulation, as simulate_workflow returns it. Without a place the node is never open.
create or replace function engine.tell_visit(
  p_node public.workflow_nodes,
  p_visit integer,
  p_not_before timestamptz,
  p_waited jsonb,
  p_place engine.simulated_place,
  p_said engine.simulated_outcome,
  p_ended engine.ended_visit,
  p_step engine.decision
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'node_id', p_node.id,
    'type', p_node.type,
    'label', p_node.label,
    'visit', p_visit,
    'not_before', p_not_before,
    'due_at', p_place.due_at,
    'waits', p_waited || coalesce(p_place.waits, '[]'),
    'outcome', p_said.outcome,
    'reply_text', p_said.reply_text,
    'source', p_said.source,
    'outcome_at', p_place.due_at + p_said.takes
  ) || case
    when p_place.due_at is null then jsonb_build_object(
      'next', jsonb_build_object(
        'kind', 'end', 'edge_id', null, 'target', null, 'delay', null, 'reason', 'No hour is open both by law and by the node.'
      ),
      'edges', '[]'::jsonb
    )
    else engine.tell_step(p_ended, p_step)
  end
$$;
comment on function engine.tell_visit(
  public.workflow_nodes, integer, timestamptz, jsonb, engine.simulated_place, engine.simulated_outcome,
  engine.ended_visit, engine.decision
) is
'{node_id, type, label, visit, not_before, due_at, waits, outcome, reply_text, source, outcome_at, next, edges} of one visit.';
revoke all on function engine.tell_visit(
  public.workflow_nodes, integer, timestamptz, jsonb, engine.simulated_place, engine.simulated_outcome,
  engine.ended_visit, engine.decision
) from public;

-- sql/40_functions/workflows/template_issues.sql
-- The variables of the templates, and the overrides that give some a value: the body of a text, and
-- what a call opens with. Each distinct template is taken apart once at its braces; only where
-- something else than a known variable stands between them is it read as the engine reads it.
create or replace function engine.template_issues(p_list jsonb, p_nodes engine.graph_node[])
returns setof engine.graph_issue
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
  v_known text[] := array(select v.name from reference.template_variables as v order by v.name);
begin
  return query
  with templates as materialized (
    select t.type, t.template, array_agg(t.node_no) as node_nos
    from (
      select
        n.node_no, n.type,
        n.element -> 'data' -> case n.type when 'text' then 'template' when 'call' then 'first_message' end as template
      from rows from (unnest(p_nodes), jsonb_array_elements(p_list)) as n (node_no, id, type, no_element, no_data, element)
      offset 0
    ) as t
    where jsonb_typeof(t.template) = 'string' and length(t.template #>> '{}') <= 1600
      and position('{{' in t.template #>> '{}') > 0
    group by t.type, t.template
  ),

  suspicious as materialized (
    select distinct t.type, t.template, t.node_nos
    from templates as t
    cross join string_to_table(t.template #>> '{}', '{{') with ordinality as p (part, part_no)
    where p.part_no > 1 and not (
      position('}}' in p.part) > 0 and btrim(split_part(split_part(p.part, '}}', 1), '|', 1)) = any(v_known)
    )
  ),

  found as (
    select distinct t.node_nos, t.type, p.variable, p.malformed
    from suspicious as t
    cross join engine.template_parts(t.template #>> '{}') as p
    where p.malformed is not null or not p.variable = any(v_known)
  )

  select
    case when f.variable is null then 'template_malformed' else 'template_variable_unknown' end,
    v.node_no, null::integer, '.data.' || case f.type when 'text' then 'template' else 'first_message' end,
    array[engine.show_value(to_jsonb(coalesce(f.variable, f.malformed))), array_to_string(v_known, ', ')],
    null::integer, null::integer[]
  from found as f
  cross join unnest(f.node_nos) as v (node_no)
  cross join lateral (
    select case when f.type = 'text' then p_list -> v.node_no -> 'data' -> 'template_overrides' end as overrides
  ) as o
  where f.variable is null or not coalesce(jsonb_typeof(o.overrides) = 'object' and o.overrides ? f.variable, false);
end
$$;
comment on function engine.template_issues(jsonb, engine.graph_node[]) is
'Templates with unknown variables or with braces that are none.';
revoke all on function engine.template_issues(jsonb, engine.graph_node[]) from public;

-- sql/40_functions/workflows/template_parts.sql
-- The reader of templates: {{variable}} and {{variable|text when it is missing}}. What stands in
-- double braces and is no variable comes back as it is, marked; nothing is ever evaluated.
create or replace function engine.template_parts(p_template text)
returns table (part_no bigint, variable text, fallback text, tail text, malformed text)
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return query
  select
    r.part_no,
    case when r.is_variable then r.name end,
    case when r.inside like '%|%' then btrim(substr(r.inside, position('|' in r.inside) + 1)) else '' end,
    case when r.part_no = 1 then r.part when r.is_variable then substr(r.part, r.part_end + 2) else '{{' || r.part end,
    case when r.part_no > 1 and not r.is_variable
        then '{{' || case when r.part_end > 0 then r.inside || '}}' else r.part end end
  from (
    select
      t.part_no, t.part, e.part_end, i.inside, n.name,
      t.part_no > 1 and length(n.name) <= 64 and n.name ~ '^[A-Za-z_][A-Za-z0-9_]*$' as is_variable
    from string_to_table(p_template, '{{') with ordinality as t (part, part_no)
    cross join position('}}' in t.part) as e (part_end)
    cross join left(t.part, greatest(e.part_end - 1, 0)) as i (inside)
    cross join btrim(split_part(i.inside, '|', 1)) as n (name)
  ) as r;
end
$$;
comment on function engine.template_parts(text) is
'A template in parts: each a variable with its fallback (none in the first), then the text that follows; malformed holds '
'what looks like a variable and is none.';
revoke all on function engine.template_parts(text) from public;

-- sql/40_functions/workflows/template_variables.sql
-- What a template needs to be filled in.
create or replace function engine.template_variables(p_template text)
returns text[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return (
    select coalesce(array_agg(v.variable order by v.first_at), '{}')
    from (
      select p.variable, min(p.part_no) as first_at
      from engine.template_parts(p_template) as p
      where p.variable is not null
      group by p.variable
    ) as v
  );
end
$$;
comment on function engine.template_variables(
  text
) is 'The variables of a template, each once, in the order in which they first stand in it.';
revoke all on function engine.template_variables(text) from public;

-- sql/40_functions/workflows/tidy_duration.sql
-- One spelling of a duration, so that the same setting is never stored in two ways: PT90M is PT1H30M.
create or replace function engine.tidy_duration(p_text text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return case when p_text is not null then engine.format_duration(engine.parse_duration(p_text)) end;
end
$$;
comment on function engine.tidy_duration(text) is
'A validated ISO 8601 duration in days, hours, minutes and seconds; null where there is none.';
revoke all on function engine.tidy_duration(text) from public;

-- sql/40_functions/workflows/topological_order.sql
-- Kahn's peeling: nodes that nothing enters are taken away until there are none left. What can't be
-- taken away is in a cycle or behind one. The loop has the reason of engine.reachable_nodes.
create or replace function engine.topological_order(p_size integer, p_sources integer[], p_targets integer[])
returns integer[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_first integer[] := array_fill(0, array[p_size], array[0]);
  v_next integer[] := array_fill(0, array[cardinality(p_sources)]);
  v_entering integer[] := array_fill(0, array[p_size], array[0]);
  v_order integer[] := array_fill(0, array[p_size]);
  v_head integer := 1;
  v_tail integer := 0;
  v_node integer;
  v_edge integer;
begin
  for v_edge in 1 .. cardinality(p_sources) loop
    v_node := p_sources[v_edge];
    v_next[v_edge] := v_first[v_node];
    v_first[v_node] := v_edge;
    v_node := p_targets[v_edge];
    v_entering[v_node] := v_entering[v_node] + 1;
  end loop;
  for v_node in 0 .. p_size - 1 loop
    if v_entering[v_node] = 0 then
      v_tail := v_tail + 1;
      v_order[v_tail] := v_node;
    end if;
  end loop;
  while v_head <= v_tail loop
    v_edge := v_first[v_order[v_head]];
    v_head := v_head + 1;
    while v_edge > 0 loop
      v_node := p_targets[v_edge];
      v_entering[v_node] := v_entering[v_node] - 1;
      if v_entering[v_node] = 0 then
        v_tail := v_tail + 1;
        v_order[v_tail] := v_node;
      end if;
      v_edge := v_next[v_edge];
    end loop;
  end loop;
  return v_order[1:v_tail];
end
$$;
comment on function engine.topological_order(integer, integer[], integer[]) is
'The nodes, from 0, each after all that lead to it; those in cycles and behind them are left out.';
revoke all on function engine.topological_order(integer, integer[], integer[]) from public;

-- sql/40_functions/workflows/trigger_issues.sql
-- Exactly one trigger; nothing enters it, something leaves it.
create or replace function engine.trigger_issues(
  p_list jsonb,
  p_nodes engine.graph_node[],
  p_edges engine.graph_edge[]
)
returns setof engine.graph_issue
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return query
  with triggers as materialized (
    select n.node_no, p_list -> n.node_no -> 'data' -> 'filter' as entry_filter, min(n.node_no) over () as first_no
    from unnest(p_nodes) as n
    where n.type = 'trigger'
  )

  select 'trigger_missing', null::integer, null::integer, '.nodes', null::text[], null::integer, null::integer[]
  where not exists (select from triggers)
  union all
  select
    'trigger_duplicate', t.node_no, null, '.type',
    null, f.node_no, null
  from triggers as t
  inner join triggers as f on t.first_no = f.node_no and t.node_no <> f.node_no
  union all
  select 'trigger_has_incoming_edge', null, e.edge_no, '.target', null, null, null
  from unnest(p_edges) as e
  inner join triggers as t on e.target_no = t.node_no
  union all
  select 'trigger_has_no_outgoing_edge', t.node_no, null, '', null, null, null
  from triggers as t
  where not exists (select from unnest(p_edges) as e where e.source_no = t.node_no and e.target_no <> e.source_no)
  union all
  select 'trigger_filter_unsupported', t.node_no, null, '.data.filter', null, null, null
  from triggers as t
  where t.entry_filter not in ('null', '{}');
end
$$;
comment on function engine.trigger_issues(jsonb, engine.graph_node[], engine.graph_edge[]) is 'Problems of a graph''s triggers.';
revoke all on function engine.trigger_issues(jsonb, engine.graph_node[], engine.graph_edge[]) from public;

-- sql/40_functions/workflows/validate_workflow_graph.sql
-- Looks at a graph without saving it, so that an editor can mark problems while a person draws. Any
-- member may ask; the team is the one whose assistants count.
create or replace function public.validate_workflow_graph(p_graph jsonb, p_team_id uuid default null)
returns jsonb
language plpgsql
stable
security definer -- reads the team's assistants and the registry of codes
set search_path = ''
as $$
begin
  return engine.graph_issues(p_graph, engine.require_team(p_team_id, 'viewer'));
end
$$;
comment on function public.validate_workflow_graph(jsonb, uuid) is
'All problems of a graph {nodes, edges} at once: [{code, severity, path, message, node_id?, edge_id?, node_ids?}], errors '
'before warnings; [] when it is in order. Writes nothing.';
revoke all on function public.validate_workflow_graph(jsonb, uuid) from public;
grant execute on function public.validate_workflow_graph(jsonb, uuid) to authenticated, service_role;

-- sql/40_functions/workflows/with_positions.sql
-- What a program wrote, or a person by hand, has no positions: without any, all nodes would lie on top
-- of each other. As soon as one has a position, somebody has drawn it, and is not interfered with.
create or replace function engine.with_positions(p_graph jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  if jsonb_path_exists(p_graph, '$.nodes[*].position ? (@ != null)') then
    return p_graph;
  end if;
  return engine.arrange_graph(p_graph, engine.graph_nodes(p_graph), false);
end
$$;
comment on function engine.with_positions(jsonb) is
'A validated graph, arranged from left to right when none of its nodes has a position; else as it is.';
revoke all on function engine.with_positions(jsonb) from public;

-- sql/40_functions/workflows/word_issues.sql
-- Puts issues into words: the registry's message and cure, the place in the graph as a JSON path that
-- finds it, and the ids by which an editor marks it, where they are usable. Sorted by weight, then as
-- in the graph.
create or replace function engine.word_issues(
  p_issues engine.graph_issue[],
  p_nodes engine.graph_node[],
  p_edges engine.graph_edge[]
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    with issues as materialized (
      select
        i.issue_no, c.code, c.severity, c.about, c.message || ' ' || c.cure as message,
        coalesce(i.node_no, i.edge_no) as place_no, i.other_no, i.path, i.words, i.node_nos
      from unnest(p_issues) with ordinality as i (code, node_no, edge_no, path, words, other_no, node_nos, issue_no)
      inner join reference.validation_codes as c on i.code = c.code
    ),

    -- Places are named once, and only those that an issue speaks of.
    places as materialized (
      select p.about, p.place_no, p.id, engine.name_place(p.about, p.place_no, p.id) as name
      from (
        select 'node' as about, n.node_no as place_no, n.id from unnest(p_nodes) as n
        union all
        select 'edge', e.edge_no, e.id from unnest(p_edges) as e
      ) as p
      where (p.about, p.place_no) in (
        select i.about, i.place_no from issues as i
        union all
        select i.about, i.other_no from issues as i
        union all
        select 'node', unnest(i.node_nos) from issues as i
      )
    ),

    -- The first ten nodes of each cycle by name, all of them as a list.
    cycles as materialized (
      select
        i.issue_no,
        to_jsonb(array_agg(p.id order by m.rank) filter (where p.id is not null)) as ids,
        string_agg(p.name, ', ' order by m.rank) filter (where m.rank <= 10)
        || case when count(*) > 10 then format(' and %s more', count(*) - 10) else '' end as names
      from issues as i
      cross join unnest(i.node_nos) with ordinality as m (node_no, rank)
      inner join places as p on m.node_no = p.place_no and p.about = 'node'
      group by i.issue_no
    )

    select jsonb_agg(
      jsonb_strip_nulls(jsonb_build_object(
        'code', i.code,
        'severity', i.severity,
        'path', '$' || case when p.place_no is null then '' else '.' || i.about || 's[' || p.place_no || ']' end || i.path,
        'message', format(
          i.message,
          -- Too few words would be an error of format(); a missing one is an empty one.
          variadic array[upper(left(p.name, 1)) || substr(p.name, 2)]
          || case when o.name is not null then array[o.name] when y.names is not null then array[y.names] else '{}' end
          || i.words || array['', '']
        ),
        'node_id', case i.about when 'node' then p.id end,
        'edge_id', case i.about when 'edge' then p.id end,
        'node_ids', y.ids
      ))
      order by i.severity collate "C", i.about = 'edge', i.about = 'node', p.place_no, i.path collate "C", i.code collate "C"
    )
    from issues as i
    left join places as p on i.about = p.about and i.place_no = p.place_no
    left join places as o on i.about = o.about and i.other_no = o.place_no
    left join cycles as y on i.issue_no = y.issue_no
  );
end
$$;
comment on function engine.word_issues(engine.graph_issue[], engine.graph_node[], engine.graph_edge[]) is
'Issues as [{code, severity, path, message, node_id?, edge_id?, node_ids?}], errors first, then in the order of the graph.';
revoke all on function engine.word_issues(engine.graph_issue[], engine.graph_node[], engine.graph_edge[]) from public;

-- sql/40_functions/workflows/workflow_graph.sql
-- The graph as React Flow holds it, from the rows: what was saved comes back, in the same order.
create or replace function engine.workflow_graph(p_team_id uuid, p_workflow_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'nodes', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', n.id,
        'type', n.type,
        'position', jsonb_build_object('x', n.position_x, 'y', n.position_y),
        'data', jsonb_strip_nulls(jsonb_build_object(
          'label', n.label, 'assistant_template', coalesce(n.assistant_template, a.template)
        )) || n.config
      ) order by n.ordinal, n.id), '[]')
      from public.workflow_nodes as n
      -- What the assistant of a text writes: in a draft what it would, else what was published.
      left join public.assistants as a
        on n.team_id = a.team_id and n.config ->> 'assistant_id' = a.id::text and n.type = 'text' and n.status = 'DRAFT'
      where n.team_id = p_team_id and n.workflow_id = p_workflow_id
    ),
    'edges', (
      select coalesce(jsonb_agg(
        jsonb_strip_nulls(jsonb_build_object(
          'id', e.id,
          'source', e.source,
          'target', e.target,
          'sourceHandle', e.source_handle,
          'data', jsonb_build_object(
            'label', e.label,
            'when', e.when_outcome,
            'phrases', case when e.when_outcome = 'reply_matches' then e.phrases end,
            'delay', engine.format_duration(e.delay),
            'priority', e.priority
          )
        )) order by e.ordinal, e.id
      ), '[]')
      from public.workflow_edges as e
      where e.team_id = p_team_id and e.workflow_id = p_workflow_id
    )
  );
end
$$;
comment on function engine.workflow_graph(uuid, uuid) is 'The stored graph of a workflow as {nodes, edges}, in React Flow''s shape.';
revoke all on function engine.workflow_graph(uuid, uuid) from public;

-- sql/40_functions/workflows/workflow_summary.sql
-- A workflow in a word, where another answer is about it.
create or replace function engine.workflow_summary(p_workflow public.workflows)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'id', p_workflow.id, 'name', p_workflow.name, 'status', p_workflow.status, 'version', p_workflow.version,
    'revision', p_workflow.revision
  );
end
$$;
comment on function engine.workflow_summary(public.workflows) is 'A workflow as {id, name, status, version, revision}.';
revoke all on function engine.workflow_summary(public.workflows) from public;

-- sql/40_functions/workflows/workflow_text_issues.sql
-- What is wrong with the words that people give a workflow.
create or replace function engine.workflow_text_issues(p_name text, p_note text)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_issues jsonb := '[]'::jsonb;
begin
  if length(btrim(coalesce(p_name, ''))) not between 1 and 200 then
    v_issues := v_issues || engine.issue('name_length', 'p_name', 'The name must have 1 to 200 characters.');
  end if;
  if length(p_note) > 2000 then
    v_issues := v_issues || engine.issue('note_length', 'p_note', 'The note must have at most 2000 characters.');
  end if;
  return v_issues;
end
$$;
comment on function engine.workflow_text_issues(text, text) is 'Problems of a workflow''s name and note, as issues.';
revoke all on function engine.workflow_text_issues(text, text) from public;

-- sql/50_triggers/audience_lists.sql
-- Lists know how many campaigns use them without counting.
create or replace trigger campaigns_are_counted_in
after insert on public.campaigns
referencing new table as new_rows
for each statement execute function engine.count_campaigns();
create or replace trigger campaigns_are_recounted
after update on public.campaigns
referencing old table as old_rows new table as new_rows
for each statement execute function engine.count_campaigns();
create or replace trigger campaigns_are_counted_out
after delete on public.campaigns
referencing old table as old_rows
for each statement execute function engine.count_campaigns();
-- An archived list is not filled: neither an import nor a refresh begins, whoever queues it.
create or replace trigger audience_runs_are_of_active_lists
before insert on public.audience_runs
for each row
when (new.list_id is not null)
execute function engine.refuse_archived_run();

-- sql/50_triggers/audience_members.sql
-- Triggers of one event fire in order of their names: campaigns are locked before lists, as a launch does.
create or replace trigger audience_members_are_added_to_campaigns
after insert on public.audience_members
referencing new table as new_rows
for each statement execute function engine.enroll_new_members();
-- Lists know how many members they have without counting.
create or replace trigger audience_members_are_counted_in
after insert on public.audience_members
referencing new table as new_rows
for each statement execute function engine.count_members();
create or replace trigger audience_members_are_counted_out
after delete on public.audience_members
referencing old table as old_rows
for each statement execute function engine.count_members();
create or replace trigger audience_members_do_not_move
before update of team_id, list_id, contact_id on public.audience_members
for each row
when ((old.team_id, old.list_id, old.contact_id) is distinct from (new.team_id, new.list_id, new.contact_id))
execute function engine.refuse_member_move();

-- sql/50_triggers/audience_runs.sql
-- The run's part of reference.transitions; see state_machines.sql.
create or replace trigger audience_runs_take_legal_steps
before update of status on public.audience_runs
for each row
when (
  old.status is distinct from new.status
  and not (
    (old.status = 'QUEUED' and new.status in ('RUNNING', 'FAILED'))
    or (old.status = 'RUNNING' and new.status in ('SUCCEEDED', 'PARTIAL', 'FAILED'))
  )
)
execute function engine.refuse_step('audience_run');

-- sql/50_triggers/audience_schedules.sql
-- An archived list has no schedule that is on; see stop_schedule.sql and refuse_archived_schedule.sql.
create or replace trigger audience_lists_stop_their_schedule
after update of status on public.audience_lists
for each row
when (old.status is distinct from new.status and new.status = 'ARCHIVED')
execute function engine.stop_schedule();

create or replace trigger audience_schedules_are_off_for_archived_lists
before insert or update of is_enabled on public.audience_schedules
for each row
when (new.is_enabled)
execute function engine.refuse_archived_schedule();

-- sql/50_triggers/counters.sql
-- Whatever changes a job or an enrollment changes the counters in the same transaction.
create or replace trigger jobs_are_counted_in
after insert on engine.jobs
referencing new table as new_rows
for each statement execute function engine.count_jobs();
create or replace trigger jobs_are_recounted
after update on engine.jobs
referencing old table as old_rows new table as new_rows
for each statement execute function engine.count_jobs();
create or replace trigger jobs_are_counted_out
after delete on engine.jobs
referencing old table as old_rows
for each statement execute function engine.count_jobs();

create or replace trigger enrollments_are_counted_in
after insert on engine.enrollments
referencing new table as new_rows
for each statement execute function engine.count_enrollments();
create or replace trigger enrollments_are_recounted
after update on engine.enrollments
referencing old table as old_rows new table as new_rows
for each statement execute function engine.count_enrollments();
create or replace trigger enrollments_are_counted_out
after delete on engine.enrollments
referencing old table as old_rows
for each statement execute function engine.count_enrollments();

-- sql/50_triggers/jobs_wake_workers.sql
-- A lead is dialled within a second: see the function.
create or replace trigger jobs_wake_workers
after insert on engine.jobs
referencing new table as new_rows
for each statement execute function engine.wake_workers();

-- sql/50_triggers/state_machines.sql
-- The state machines of reference.transitions, written into WHEN clauses: a legal step costs no
-- function call and no lookup. A test tries every pair of states against the rows.
create or replace trigger jobs_take_legal_steps
before update of status on engine.jobs
for each row
when (
  old.status is distinct from new.status
  and not (
    (old.status = 'READY' and new.status in ('CLAIMED', 'DISPATCHED', 'CANCELLED'))
    or (old.status = 'CLAIMED' and new.status in ('READY', 'DISPATCHED', 'AMBIGUOUS', 'FAILED', 'CANCELLED'))
    or (old.status = 'DISPATCHED' and new.status in ('DONE', 'FAILED', 'CANCELLED'))
    or (old.status = 'AMBIGUOUS' and new.status in ('DISPATCHED', 'READY', 'FAILED', 'CANCELLED'))
  )
)
execute function engine.refuse_step('job');

create or replace trigger enrollments_take_legal_steps
before update of status on engine.enrollments
for each row
when (old.status is distinct from new.status and old.status <> 'ACTIVE')
execute function engine.refuse_step('enrollment');

create or replace trigger campaigns_take_legal_steps
before update of status on public.campaigns
for each row
when (
  old.status is distinct from new.status
  and not (
    (old.status = 'CREATED' and new.status in ('SCHEDULED', 'ACTIVE', 'CANCELLED'))
    or (old.status = 'SCHEDULED' and new.status in ('CREATED', 'ACTIVE', 'CANCELLED'))
    or (old.status = 'ACTIVE' and new.status in ('PAUSED', 'COMPLETED', 'CANCELLED'))
    or (old.status = 'PAUSED' and new.status in ('ACTIVE', 'CANCELLED'))
  )
)
execute function engine.refuse_step('campaign');

-- sql/50_triggers/workflows.sql
-- Published and archived workflows never change; see engine.guard_workflow and engine.guard_graph_row.
-- The WHEN clauses keep drafts, which are written all the time, from paying for it.
create or replace trigger workflows_take_legal_steps
before update of status on public.workflows
for each row
when (
  old.status is distinct from new.status
  and not (
    (old.status = 'DRAFT' and new.status in ('PUBLISHED', 'ARCHIVED'))
    or (old.status = 'PUBLISHED' and new.status = 'ARCHIVED')
  )
)
execute function engine.refuse_step('workflow');

create or replace trigger workflows_begin_as_drafts
before insert on public.workflows
for each row
when (new.status <> 'DRAFT')
execute function engine.guard_workflow();

create or replace trigger workflows_stay_as_published
before update on public.workflows
for each row
when (
  old.status <> 'DRAFT'
  or old.team_id <> new.team_id or old.id <> new.id or old.lineage_id <> new.lineage_id
)
execute function engine.guard_workflow();

create or replace trigger workflows_forget_their_revisions
after update of status on public.workflows
for each row
when (old.status = 'DRAFT' and new.status <> 'DRAFT')
execute function engine.forget_revisions();

create or replace trigger workflows_stay_once_published
before delete on public.workflows
for each row
when (old.status <> 'DRAFT')
execute function engine.guard_workflow();

create or replace trigger workflows_are_not_emptied
before truncate on public.workflows
for each statement
execute function engine.guard_truncate();

create or replace trigger workflow_nodes_are_added_to_drafts
before insert on public.workflow_nodes
for each row
execute function engine.guard_graph_row('workflow_node');

create or replace trigger workflow_nodes_stay_as_published
before update on public.workflow_nodes
for each row
when (
  old.status <> 'DRAFT' or new.status <> 'DRAFT'
  or (old.type = 'trigger') <> (new.type = 'trigger')
  or old.workflow_id <> new.workflow_id or old.team_id <> new.team_id
)
execute function engine.guard_graph_row('workflow_node');

create or replace trigger workflow_nodes_stay_once_published
before delete on public.workflow_nodes
for each row
when (old.status <> 'DRAFT' or old.type = 'trigger')
execute function engine.guard_graph_row('workflow_node');

create or replace trigger workflow_nodes_are_not_emptied
before truncate on public.workflow_nodes
for each statement
execute function engine.guard_truncate();

create or replace trigger workflow_edges_are_added_to_drafts
before insert on public.workflow_edges
for each row
execute function engine.guard_graph_row('workflow_edge');

create or replace trigger workflow_edges_stay_as_published
before update on public.workflow_edges
for each row
when (
  old.status <> 'DRAFT' or new.status <> 'DRAFT'
  or old.workflow_id <> new.workflow_id or old.team_id <> new.team_id
)
execute function engine.guard_graph_row('workflow_edge');

create or replace trigger workflow_edges_stay_once_published
before delete on public.workflow_edges
for each row
when (old.status <> 'DRAFT')
execute function engine.guard_graph_row('workflow_edge');

create or replace trigger workflow_edges_are_not_emptied
before truncate on public.workflow_edges
for each statement
execute function engine.guard_truncate();

-- sql/60_reference/area_codes.sql
-- Assigned North American area codes, from the phonenumbers library (Apache-2.0). Written by tests/support/reference_rows.py.
insert into reference.area_codes (area_code, country, kind, regions, timezones) values
('201', 'US', 'geographic', '{NJ,NY}', '{America/New_York}'),
('202', 'US', 'geographic', '{DC}', '{America/New_York}'),
('203', 'US', 'geographic', '{CT}', '{America/New_York}'),
('204', 'CA', 'geographic', '{MB}', '{America/Winnipeg}'),
('205', 'US', 'geographic', '{AL}', '{America/Chicago}'),
('206', 'US', 'geographic', '{WA}', '{America/Los_Angeles}'),
('207', 'US', 'geographic', '{ME}', '{America/New_York}'),
('208', 'US', 'geographic', '{ID}', '{America/Boise,America/Denver,America/Los_Angeles}'),
('209', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('210', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('212', 'US', 'geographic', '{NY}', '{America/New_York}'),
('213', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('214', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('215', 'US', 'geographic', '{PA}', '{America/New_York}'),
('216', 'US', 'geographic', '{OH}', '{America/New_York}'),
('217', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('218', 'US', 'geographic', '{MN}', '{America/Chicago}'),
('219', 'US', 'geographic', '{IN}', '{America/Chicago,America/New_York}'),
('220', 'US', 'geographic', '{OH}', '{America/New_York}'),
('223', 'US', 'geographic', '{PA}', '{America/New_York}'),
('224', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('225', 'US', 'geographic', '{LA}', '{America/Chicago}'),
('226', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('227', 'US', 'geographic', '{MD}', '{America/New_York}'),
('228', 'US', 'geographic', '{MS}', '{America/Chicago}'),
('229', 'US', 'geographic', '{GA}', '{America/New_York}'),
('231', 'US', 'geographic', '{MI}', '{America/New_York}'),
('234', 'US', 'geographic', '{OH}', '{America/New_York}'),
('235', 'US', 'geographic', '{MO}', '{America/Chicago}'),
('236', 'CA', 'geographic', '{BC}', '{America/Vancouver}'),
('239', 'US', 'geographic', '{FL}', '{America/New_York}'),
('240', 'US', 'geographic', '{MD}', '{America/New_York}'),
('242', 'BS', 'geographic', '{}', '{America/Nassau}'),
('246', 'BB', 'geographic', '{}', '{America/Barbados}'),
('248', 'US', 'geographic', '{MI}', '{America/New_York}'),
('249', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('250', 'CA', 'geographic', '{BC}', '{America/Edmonton,America/Vancouver}'),
('251', 'US', 'geographic', '{AL}', '{America/Chicago}'),
('252', 'US', 'geographic', '{NC}', '{America/New_York}'),
('253', 'US', 'geographic', '{WA}', '{America/Los_Angeles}'),
('254', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('256', 'US', 'geographic', '{AL}', '{America/Chicago}'),
('257', 'CA', 'geographic', '{BC}', '{America/Vancouver}'),
('260', 'US', 'geographic', '{IN}', '{America/New_York}'),
('262', 'US', 'geographic', '{WI}', '{America/Chicago}'),
('263', 'CA', 'geographic', '{QC}', '{America/Toronto}'),
('264', 'AI', 'geographic', '{}', '{America/Anguilla}'),
('267', 'US', 'geographic', '{PA}', '{America/New_York}'),
('268', 'AG', 'geographic', '{}', '{America/Antigua}'),
('269', 'US', 'geographic', '{MI}', '{America/New_York}'),
('270', 'US', 'geographic', '{KY}', '{America/Chicago,America/New_York}'),
('272', 'US', 'geographic', '{PA}', '{America/New_York}'),
('273', 'CA', 'geographic', '{QC}', '{America/Toronto}'),
('274', 'US', 'geographic', '{WI}', '{America/Chicago}'),
('276', 'US', 'geographic', '{VA}', '{America/New_York}'),
('279', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('281', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('283', 'US', 'geographic', '{OH}', '{America/New_York}'),
('284', 'VG', 'geographic', '{}', '{America/Tortola}'),
('289', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('301', 'US', 'geographic', '{MD}', '{America/New_York}'),
('302', 'US', 'geographic', '{DE}', '{America/New_York}'),
('303', 'US', 'geographic', '{CO}', '{America/Denver}'),
('304', 'US', 'geographic', '{WV}', '{America/New_York}'),
('305', 'US', 'geographic', '{FL}', '{America/New_York}'),
('306', 'CA', 'geographic', '{SK}', '{America/Regina}'),
('307', 'US', 'geographic', '{WY}', '{America/Denver}'),
('308', 'US', 'geographic', '{NE}', '{America/Chicago,America/Denver}'),
('309', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('310', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('312', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('313', 'US', 'geographic', '{MI}', '{America/New_York}'),
('314', 'US', 'geographic', '{MO}', '{America/Chicago}'),
('315', 'US', 'geographic', '{NY}', '{America/New_York}'),
('316', 'US', 'geographic', '{KS}', '{America/Chicago}'),
('317', 'US', 'geographic', '{IN}', '{America/New_York}'),
('318', 'US', 'geographic', '{LA}', '{America/Chicago}'),
('319', 'US', 'geographic', '{IA}', '{America/Chicago}'),
('320', 'US', 'geographic', '{MN}', '{America/Chicago}'),
('321', 'US', 'geographic', '{FL}', '{America/New_York}'),
('323', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('324', 'US', 'geographic', '{FL}', '{America/New_York}'),
('325', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('326', 'US', 'geographic', '{OH}', '{America/New_York}'),
('327', 'US', 'geographic', '{AR}', '{America/Chicago}'),
('329', 'US', 'geographic', '{NY}', '{America/New_York}'),
('330', 'US', 'geographic', '{OH}', '{America/New_York}'),
('331', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('332', 'US', 'geographic', '{NY}', '{America/New_York}'),
('334', 'US', 'geographic', '{AL}', '{America/Chicago}'),
('336', 'US', 'geographic', '{NC}', '{America/New_York}'),
('337', 'US', 'geographic', '{LA}', '{America/Chicago}'),
('339', 'US', 'geographic', '{MA}', '{America/New_York}'),
('340', 'VI', 'geographic', '{VI}', '{America/St_Thomas}'),
('341', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('343', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('345', 'KY', 'geographic', '{}', '{America/Cayman}'),
('346', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('347', 'US', 'geographic', '{NY}', '{America/New_York}'),
('350', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('351', 'US', 'geographic', '{MA}', '{America/New_York}'),
('352', 'US', 'geographic', '{FL}', '{America/New_York}'),
('353', 'US', 'geographic', '{WI}', '{America/Chicago}'),
('354', 'CA', 'geographic', '{QC}', '{America/Toronto}'),
('360', 'US', 'geographic', '{WA}', '{America/Los_Angeles}'),
('361', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('363', 'US', 'geographic', '{NY}', '{America/New_York}'),
('364', 'US', 'geographic', '{KY}', '{America/New_York}'),
('365', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('367', 'CA', 'geographic', '{QC}', '{America/Toronto}'),
('368', 'CA', 'geographic', '{AB}', '{America/Edmonton}'),
('369', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('380', 'US', 'geographic', '{OH}', '{America/New_York}'),
('382', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('385', 'US', 'geographic', '{UT}', '{America/Denver}'),
('386', 'US', 'geographic', '{FL}', '{America/New_York}'),
('401', 'US', 'geographic', '{RI}', '{America/New_York}'),
('402', 'US', 'geographic', '{NE}', '{America/Chicago}'),
('403', 'CA', 'geographic', '{AB}', '{America/Edmonton}'),
('404', 'US', 'geographic', '{GA}', '{America/New_York}'),
('405', 'US', 'geographic', '{OK}', '{America/Chicago}'),
('406', 'US', 'geographic', '{MT}', '{America/Denver}'),
('407', 'US', 'geographic', '{FL}', '{America/New_York}'),
('408', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('409', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('410', 'US', 'geographic', '{MD}', '{America/New_York}'),
('412', 'US', 'geographic', '{PA}', '{America/New_York}'),
('413', 'US', 'geographic', '{MA}', '{America/New_York}'),
('414', 'US', 'geographic', '{WI}', '{America/Chicago}'),
('415', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('416', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('417', 'US', 'geographic', '{MO}', '{America/Chicago}'),
('418', 'CA', 'geographic', '{QC}', '{America/Halifax,America/Toronto}'),
('419', 'US', 'geographic', '{OH}', '{America/New_York}'),
('423', 'US', 'geographic', '{TN}', '{America/Chicago,America/New_York}'),
('424', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('425', 'US', 'geographic', '{WA}', '{America/Los_Angeles}'),
('428', 'CA', 'geographic', '{NB}', '{America/Halifax}'),
('430', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('431', 'CA', 'geographic', '{MB}', '{America/Winnipeg}'),
('432', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('434', 'US', 'geographic', '{VA}', '{America/New_York}'),
('435', 'US', 'geographic', '{UT}', '{America/Denver}'),
('437', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('438', 'CA', 'geographic', '{QC}', '{America/Toronto}'),
('440', 'US', 'geographic', '{OH}', '{America/New_York}'),
('441', 'BM', 'geographic', '{}', '{Atlantic/Bermuda}'),
('442', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('443', 'US', 'geographic', '{MD}', '{America/New_York}'),
('445', 'US', 'geographic', '{PA}', '{America/New_York}'),
('447', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('448', 'US', 'geographic', '{FL}', '{America/New_York}'),
('450', 'CA', 'geographic', '{QC}', '{America/Toronto}'),
('458', 'US', 'geographic', '{OR}', '{America/Los_Angeles}'),
('463', 'US', 'geographic', '{IN}', '{America/New_York}'),
('464', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('468', 'CA', 'geographic', '{QC}', '{America/Toronto}'),
('469', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('470', 'US', 'geographic', '{GA}', '{America/New_York}'),
('472', 'US', 'geographic', '{NC}', '{America/New_York}'),
('473', 'GD', 'geographic', '{}', '{America/Grenada}'),
('474', 'CA', 'geographic', '{SK}', '{America/Winnipeg}'),
('475', 'US', 'geographic', '{CT}', '{America/New_York}'),
('478', 'US', 'geographic', '{GA}', '{America/New_York}'),
('479', 'US', 'geographic', '{AR}', '{America/Chicago}'),
('480', 'US', 'geographic', '{AZ}', '{America/Phoenix}'),
('484', 'US', 'geographic', '{PA}', '{America/New_York}'),
('500', 'US', 'non_geographic', '{}', '{}'),
('501', 'US', 'geographic', '{AR}', '{America/Chicago}'),
('502', 'US', 'geographic', '{KY}', '{America/New_York}'),
('503', 'US', 'geographic', '{OR}', '{America/Los_Angeles}'),
('504', 'US', 'geographic', '{LA}', '{America/Chicago}'),
('505', 'US', 'geographic', '{NM}', '{America/Denver}'),
('506', 'CA', 'geographic', '{NB}', '{America/Halifax}'),
('507', 'US', 'geographic', '{MN}', '{America/Chicago}'),
('508', 'US', 'geographic', '{MA}', '{America/New_York}'),
('509', 'US', 'geographic', '{WA}', '{America/Los_Angeles}'),
('510', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('512', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('513', 'US', 'geographic', '{OH}', '{America/New_York}'),
('514', 'CA', 'geographic', '{QC}', '{America/Toronto}'),
('515', 'US', 'geographic', '{IA}', '{America/Chicago}'),
('516', 'US', 'geographic', '{NY}', '{America/New_York}'),
('517', 'US', 'geographic', '{MI}', '{America/New_York}'),
('518', 'US', 'geographic', '{NY}', '{America/New_York}'),
('519', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('520', 'US', 'geographic', '{AZ}', '{America/Phoenix}'),
('521', 'US', 'non_geographic', '{}', '{}'),
('522', 'US', 'non_geographic', '{}', '{}'),
('523', 'US', 'non_geographic', '{}', '{}'),
('524', 'US', 'non_geographic', '{}', '{}'),
('525', 'US', 'non_geographic', '{}', '{}'),
('526', 'US', 'non_geographic', '{}', '{}'),
('527', 'US', 'non_geographic', '{}', '{}'),
('528', 'US', 'non_geographic', '{}', '{}'),
('529', 'US', 'non_geographic', '{}', '{}'),
('530', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('531', 'US', 'geographic', '{NE}', '{America/Chicago}'),
('532', 'US', 'non_geographic', '{}', '{}'),
('533', 'US', 'non_geographic', '{}', '{}'),
('534', 'US', 'geographic', '{WI}', '{America/Chicago}'),
('539', 'US', 'geographic', '{OK}', '{America/Chicago}'),
('540', 'US', 'geographic', '{VA}', '{America/New_York}'),
('541', 'US', 'geographic', '{OR}', '{America/Denver,America/Los_Angeles}'),
('544', 'US', 'non_geographic', '{}', '{}'),
('548', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('551', 'US', 'geographic', '{NJ}', '{America/New_York}'),
('557', 'US', 'geographic', '{MO}', '{America/Chicago}'),
('559', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('561', 'US', 'geographic', '{FL}', '{America/New_York}'),
('562', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('563', 'US', 'geographic', '{IA}', '{America/Chicago}'),
('564', 'US', 'geographic', '{WA}', '{America/Los_Angeles}'),
('566', 'US', 'non_geographic', '{}', '{}'),
('567', 'US', 'geographic', '{OH}', '{America/New_York}'),
('570', 'US', 'geographic', '{PA}', '{America/New_York}'),
('571', 'US', 'geographic', '{VA}', '{America/New_York}'),
('572', 'US', 'geographic', '{OK}', '{America/Chicago}'),
('573', 'US', 'geographic', '{MO}', '{America/Chicago}'),
('574', 'US', 'geographic', '{IN}', '{America/Chicago,America/New_York}'),
('575', 'US', 'geographic', '{NM}', '{America/Denver}'),
('577', 'US', 'non_geographic', '{}', '{}'),
('579', 'CA', 'geographic', '{QC}', '{America/Toronto}'),
('580', 'US', 'geographic', '{OK}', '{America/Chicago}'),
('581', 'CA', 'geographic', '{QC}', '{America/Toronto}'),
('582', 'US', 'geographic', '{PA}', '{America/New_York}'),
('584', 'CA', 'geographic', '{MB}', '{America/Winnipeg}'),
('585', 'US', 'geographic', '{NY}', '{America/New_York}'),
('586', 'US', 'geographic', '{MI}', '{America/New_York}'),
('587', 'CA', 'geographic', '{AB}', '{America/Edmonton}'),
('588', 'US', 'non_geographic', '{}', '{}'),
('600', 'CA', 'non_geographic', '{}', '{}'),
('601', 'US', 'geographic', '{MS}', '{America/Chicago}'),
('602', 'US', 'geographic', '{AZ}', '{America/Phoenix}'),
('603', 'US', 'geographic', '{NH}', '{America/New_York}'),
('604', 'CA', 'geographic', '{BC}', '{America/Vancouver}'),
('605', 'US', 'geographic', '{SD}', '{America/Chicago,America/Denver,America/North_Dakota/Center}'),
('606', 'US', 'geographic', '{KY}', '{America/Chicago,America/New_York}'),
('607', 'US', 'geographic', '{NY}', '{America/New_York}'),
('608', 'US', 'geographic', '{WI}', '{America/Chicago}'),
('609', 'US', 'geographic', '{NJ}', '{America/New_York}'),
('610', 'US', 'geographic', '{PA}', '{America/New_York}'),
('612', 'US', 'geographic', '{MN}', '{America/Chicago}'),
('613', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('614', 'US', 'geographic', '{OH}', '{America/New_York}'),
('615', 'US', 'geographic', '{TN}', '{America/Chicago}'),
('616', 'US', 'geographic', '{MI}', '{America/New_York}'),
('617', 'US', 'geographic', '{MA}', '{America/New_York}'),
('618', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('619', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('620', 'US', 'geographic', '{KS}', '{America/Chicago,America/Denver}'),
('622', 'CA', 'non_geographic', '{}', '{}'),
('623', 'US', 'geographic', '{AZ}', '{America/Phoenix}'),
('626', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('628', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('629', 'US', 'geographic', '{TN}', '{America/Chicago}'),
('630', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('631', 'US', 'geographic', '{NY}', '{America/New_York}'),
('633', 'CA', 'non_geographic', '{}', '{}'),
('636', 'US', 'geographic', '{MO}', '{America/Chicago}'),
('639', 'CA', 'geographic', '{SK}', '{America/Regina}'),
('640', 'US', 'geographic', '{NJ}', '{America/New_York}'),
('641', 'US', 'geographic', '{IA}', '{America/Chicago}'),
('645', 'US', 'geographic', '{FL}', '{America/New_York}'),
('646', 'US', 'geographic', '{NY}', '{America/New_York}'),
('647', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('649', 'TC', 'geographic', '{}', '{America/Grand_Turk}'),
('650', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('651', 'US', 'geographic', '{MN}', '{America/Chicago}'),
('656', 'US', 'geographic', '{FL}', '{America/New_York}'),
('657', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('658', 'JM', 'geographic', '{}', '{America/Jamaica}'),
('659', 'US', 'geographic', '{AL}', '{America/Chicago}'),
('660', 'US', 'geographic', '{MO}', '{America/Chicago}'),
('661', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('662', 'US', 'geographic', '{MS}', '{America/Chicago}'),
('664', 'MS', 'geographic', '{}', '{America/Montserrat}'),
('667', 'US', 'geographic', '{MD}', '{America/New_York}'),
('669', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('670', 'MP', 'geographic', '{MP}', '{Pacific/Saipan}'),
('671', 'GU', 'geographic', '{GU}', '{Pacific/Guam}'),
('672', 'CA', 'geographic', '{BC}', '{America/Vancouver}'),
('678', 'US', 'geographic', '{GA}', '{America/New_York}'),
('680', 'US', 'geographic', '{NY}', '{America/New_York}'),
('681', 'US', 'geographic', '{WV}', '{America/New_York}'),
('682', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('683', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('684', 'AS', 'geographic', '{AS}', '{Pacific/Pago_Pago}'),
('686', 'US', 'geographic', '{VA}', '{America/New_York}'),
('689', 'US', 'geographic', '{FL}', '{America/Chicago}'),
('701', 'US', 'geographic', '{ND}', '{America/Chicago,America/Denver,America/North_Dakota/Center}'),
('702', 'US', 'geographic', '{NV}', '{America/Los_Angeles}'),
('703', 'US', 'geographic', '{VA}', '{America/New_York}'),
('704', 'US', 'geographic', '{NC}', '{America/New_York}'),
('705', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('706', 'US', 'geographic', '{GA}', '{America/New_York}'),
('707', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('708', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('709', 'CA', 'geographic', '{NL}', '{America/Halifax,America/St_Johns}'),
('712', 'US', 'geographic', '{IA}', '{America/Chicago}'),
('713', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('714', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('715', 'US', 'geographic', '{WI}', '{America/Chicago}'),
('716', 'US', 'geographic', '{NY}', '{America/New_York}'),
('717', 'US', 'geographic', '{PA}', '{America/New_York}'),
('718', 'US', 'geographic', '{NY}', '{America/New_York}'),
('719', 'US', 'geographic', '{CO}', '{America/Denver}'),
('720', 'US', 'geographic', '{CO}', '{America/Denver}'),
('721', 'SX', 'geographic', '{}', '{America/Lower_Princes}'),
('724', 'US', 'geographic', '{PA}', '{America/New_York}'),
('725', 'US', 'geographic', '{NV}', '{America/Los_Angeles}'),
('726', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('727', 'US', 'geographic', '{FL}', '{America/New_York}'),
('728', 'US', 'geographic', '{FL}', '{America/New_York}'),
('730', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('731', 'US', 'geographic', '{TN}', '{America/Chicago}'),
('732', 'US', 'geographic', '{NJ}', '{America/New_York}'),
('734', 'US', 'geographic', '{MI}', '{America/New_York}'),
('737', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('738', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('740', 'US', 'geographic', '{OH}', '{America/New_York}'),
('742', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('743', 'US', 'geographic', '{NC}', '{America/New_York}'),
('747', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('748', 'US', 'geographic', '{CO}', '{America/Denver}'),
('753', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('754', 'US', 'geographic', '{FL}', '{America/New_York}'),
('757', 'US', 'geographic', '{VA}', '{America/New_York}'),
('758', 'LC', 'geographic', '{}', '{America/St_Lucia}'),
('760', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('762', 'US', 'geographic', '{GA}', '{America/New_York}'),
('763', 'US', 'geographic', '{MN}', '{America/Chicago}'),
('765', 'US', 'geographic', '{IN}', '{America/New_York}'),
('767', 'DM', 'geographic', '{}', '{America/Dominica}'),
('769', 'US', 'geographic', '{MS}', '{America/Chicago}'),
('770', 'US', 'geographic', '{GA}', '{America/New_York}'),
('771', 'US', 'geographic', '{DC}', '{America/New_York}'),
('772', 'US', 'geographic', '{FL}', '{America/New_York}'),
('773', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('774', 'US', 'geographic', '{MA}', '{America/New_York}'),
('775', 'US', 'geographic', '{NV}', '{America/Boise,America/Denver,America/Los_Angeles}'),
('778', 'CA', 'geographic', '{BC}', '{America/Vancouver}'),
('779', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('780', 'CA', 'geographic', '{AB}', '{America/Edmonton}'),
('781', 'US', 'geographic', '{MA}', '{America/New_York}'),
('782', 'CA', 'geographic', '{NS,PE}', '{America/Halifax}'),
('784', 'VC', 'geographic', '{}', '{America/St_Vincent}'),
('785', 'US', 'geographic', '{KS}', '{America/Chicago,America/Denver}'),
('786', 'US', 'geographic', '{FL}', '{America/New_York}'),
('787', 'PR', 'geographic', '{PR}', '{America/Puerto_Rico}'),
('800', 'US', 'toll_free', '{}', '{}'),
('801', 'US', 'geographic', '{UT}', '{America/Denver}'),
('802', 'US', 'geographic', '{VT}', '{America/New_York}'),
('803', 'US', 'geographic', '{SC}', '{America/New_York}'),
('804', 'US', 'geographic', '{VA}', '{America/New_York}'),
('805', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('806', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('807', 'CA', 'geographic', '{ON}', '{America/Toronto,America/Winnipeg}'),
('808', 'US', 'geographic', '{HI}', '{Pacific/Honolulu}'),
('809', 'DO', 'geographic', '{}', '{America/Santo_Domingo}'),
('810', 'US', 'geographic', '{MI}', '{America/New_York}'),
('812', 'US', 'geographic', '{IN}', '{America/Chicago,America/New_York}'),
('813', 'US', 'geographic', '{FL}', '{America/New_York}'),
('814', 'US', 'geographic', '{PA}', '{America/New_York}'),
('815', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('816', 'US', 'geographic', '{MO}', '{America/Chicago}'),
('817', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('818', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('819', 'CA', 'geographic', '{QC}', '{America/Toronto}'),
('820', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('821', 'US', 'geographic', '{SC}', '{America/New_York}'),
('825', 'CA', 'geographic', '{AB}', '{America/Edmonton}'),
('826', 'US', 'geographic', '{VA}', '{America/New_York}'),
('828', 'US', 'geographic', '{NC}', '{America/New_York}'),
('829', 'DO', 'geographic', '{}', '{America/Santo_Domingo}'),
('830', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('831', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('832', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('833', 'US', 'toll_free', '{}', '{}'),
('835', 'US', 'geographic', '{PA}', '{America/New_York}'),
('838', 'US', 'geographic', '{NY}', '{America/New_York}'),
('839', 'US', 'geographic', '{SC}', '{America/New_York}'),
('840', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('843', 'US', 'geographic', '{SC}', '{America/New_York}'),
('844', 'US', 'toll_free', '{}', '{}'),
('845', 'US', 'geographic', '{NY}', '{America/New_York}'),
('847', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('848', 'US', 'geographic', '{NJ}', '{America/New_York}'),
('849', 'DO', 'geographic', '{}', '{America/Santo_Domingo}'),
('850', 'US', 'geographic', '{FL}', '{America/Chicago,America/New_York}'),
('854', 'US', 'geographic', '{SC}', '{America/New_York}'),
('855', 'US', 'toll_free', '{}', '{}'),
('856', 'US', 'geographic', '{NJ}', '{America/New_York}'),
('857', 'US', 'geographic', '{MA}', '{America/New_York}'),
('858', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('859', 'US', 'geographic', '{KY}', '{America/New_York}'),
('860', 'US', 'geographic', '{CT}', '{America/New_York}'),
('862', 'US', 'geographic', '{NJ}', '{America/New_York}'),
('863', 'US', 'geographic', '{FL}', '{America/New_York}'),
('864', 'US', 'geographic', '{SC}', '{America/New_York}'),
('865', 'US', 'geographic', '{TN}', '{America/New_York}'),
('866', 'US', 'toll_free', '{}', '{}'),
('867', 'CA', 'geographic', '{NT,NU,YT}', '{America/Edmonton,America/Fort_Nelson,America/Toronto,America/Vancouver,America/Winnipeg}'),
('868', 'TT', 'geographic', '{}', '{America/Port_of_Spain}'),
('869', 'KN', 'geographic', '{}', '{America/St_Kitts}'),
('870', 'US', 'geographic', '{AR}', '{America/Chicago}'),
('872', 'US', 'geographic', '{IL}', '{America/Chicago}'),
('873', 'CA', 'geographic', '{QC}', '{America/Toronto}'),
('876', 'JM', 'geographic', '{}', '{America/Jamaica}'),
('877', 'US', 'toll_free', '{}', '{}'),
('878', 'US', 'geographic', '{PA}', '{America/New_York}'),
('879', 'CA', 'geographic', '{NL}', '{America/Puerto_Rico,America/St_Johns}'),
('888', 'US', 'toll_free', '{}', '{}'),
('900', 'US', 'premium', '{}', '{}'),
('901', 'US', 'geographic', '{TN}', '{America/Chicago}'),
('902', 'CA', 'geographic', '{NS,PE}', '{America/Halifax}'),
('903', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('904', 'US', 'geographic', '{FL}', '{America/New_York}'),
('905', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('906', 'US', 'geographic', '{MI}', '{America/Chicago,America/New_York}'),
('907', 'US', 'geographic', '{AK}', '{America/Adak,America/Anchorage,America/Juneau,Pacific/Honolulu}'),
('908', 'US', 'geographic', '{NJ}', '{America/New_York}'),
('909', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('910', 'US', 'geographic', '{NC}', '{America/New_York}'),
('912', 'US', 'geographic', '{GA}', '{America/New_York}'),
('913', 'US', 'geographic', '{KS}', '{America/Chicago}'),
('914', 'US', 'geographic', '{NY}', '{America/New_York}'),
('915', 'US', 'geographic', '{TX}', '{America/Denver}'),
('916', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('917', 'US', 'geographic', '{NY}', '{America/New_York}'),
('918', 'US', 'geographic', '{OK}', '{America/Chicago}'),
('919', 'US', 'geographic', '{NC}', '{America/New_York}'),
('920', 'US', 'geographic', '{WI}', '{America/Chicago}'),
('925', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('928', 'US', 'geographic', '{AZ}', '{America/Denver,America/Phoenix}'),
('929', 'US', 'geographic', '{NY}', '{America/New_York}'),
('930', 'US', 'geographic', '{IN}', '{America/New_York}'),
('931', 'US', 'geographic', '{TN}', '{America/Chicago}'),
('934', 'US', 'geographic', '{NY}', '{America/New_York}'),
('936', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('937', 'US', 'geographic', '{OH}', '{America/New_York}'),
('938', 'US', 'geographic', '{AL}', '{America/Chicago}'),
('939', 'PR', 'geographic', '{PR}', '{America/Puerto_Rico}'),
('940', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('941', 'US', 'geographic', '{FL}', '{America/New_York}'),
('942', 'CA', 'geographic', '{ON}', '{America/Toronto}'),
('943', 'US', 'geographic', '{GA}', '{America/New_York}'),
('945', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('947', 'US', 'geographic', '{MI}', '{America/New_York}'),
('948', 'US', 'geographic', '{VA}', '{America/New_York}'),
('949', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('951', 'US', 'geographic', '{CA}', '{America/Los_Angeles}'),
('952', 'US', 'geographic', '{MN}', '{America/Chicago}'),
('954', 'US', 'geographic', '{FL}', '{America/New_York}'),
('956', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('959', 'US', 'geographic', '{CT}', '{America/New_York}'),
('970', 'US', 'geographic', '{CO}', '{America/Denver}'),
('971', 'US', 'geographic', '{OR}', '{America/Los_Angeles}'),
('972', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('973', 'US', 'geographic', '{NJ}', '{America/New_York}'),
('975', 'US', 'geographic', '{MO}', '{America/Chicago}'),
('978', 'US', 'geographic', '{MA}', '{America/New_York}'),
('979', 'US', 'geographic', '{TX}', '{America/Chicago}'),
('980', 'US', 'geographic', '{NC}', '{America/New_York}'),
('983', 'US', 'geographic', '{CO}', '{America/Denver}'),
('984', 'US', 'geographic', '{NC}', '{America/New_York}'),
('985', 'US', 'geographic', '{LA}', '{America/Chicago}'),
('986', 'US', 'geographic', '{ID}', '{America/Boise,America/Los_Angeles}'),
('989', 'US', 'geographic', '{MI}', '{America/New_York}')
on conflict (area_code) do update set
  country = excluded.country,
  kind = excluded.kind,
  regions = excluded.regions,
  timezones = excluded.timezones;

-- sql/60_reference/call_ended_reasons.sql
-- From the provider's published list. Faults during a call count as failed: the person may have been
-- reached, so only the node's own retry rule may dial again.
insert into reference.call_ended_reasons (pattern, outcome, scope) values
('%', 'failed', 'job'),
('customer-ended-call%', 'answered', 'job'),
('assistant-ended-call%', 'answered', 'job'),
('assistant-said-end-call-phrase', 'answered', 'job'),
('assistant-forwarded-call', 'answered', 'job'),
('assistant-request-returned-forwarding-phone-number', 'answered', 'job'),
('silence-timed-out', 'answered', 'job'),
('exceeded-max-duration', 'answered', 'job'),
('vonage-completed', 'answered', 'job'),
('vonage-disconnected', 'answered', 'job'),
('call.in-progress.twilio-completed-call', 'answered', 'job'),
('call.in-progress.sip-completed-call', 'answered', 'job'),
('call.in-progress.error-warm-transfer-%', 'answered', 'job'),
('call.in-progress.error-transfer-failed', 'answered', 'job'),
('call.forwarding.operator-busy', 'answered', 'job'),
('call.forwarding.no-answer', 'answered', 'job'),
('call.ending.hook-executed-%', 'answered', 'job'),
('voicemail', 'voicemail', 'job'),
('customer-busy', 'busy', 'job'),
('customer-did-not-answer', 'no_answer', 'job'),
('call.in-progress.error-providerfault-outbound-sip-408-%', 'no_answer', 'job'),
('call.in-progress.error-providerfault-outbound-sip-480-%', 'no_answer', 'job'),
('call.in-progress.error-providerfault-outbound-sip-503-%', 'no_answer', 'job'),
('call.in-progress.error-providerfault-outbound-sip-486-%', 'busy', 'job'),
('call.in-progress.error-providerfault-outbound-sip-600-%', 'busy', 'job'),
('call.start.error-subscription-concurrency-limit-reached', 'failed', 'capacity'),
('call.start.error-subscription-%', 'failed', 'account'),
('call.start.error-fraud-check-failed', 'failed', 'account'),
('call.start.error-get-%', 'failed', 'account'),
('call.start.error-get-customer', 'failed', 'job'),
('assistant-not-found', 'failed', 'account'),
('assistant-not-valid', 'failed', 'account'),
('call.start.error-vapi-number-outbound-daily-limit', 'failed', 'account')
on conflict (pattern) do update set outcome = excluded.outcome, scope = excluded.scope;

-- sql/60_reference/calling_codes.sql
-- Country calling codes, from the phonenumbers library (Apache-2.0). Written by tests/support/reference_rows.py.
insert into reference.calling_codes (calling_code, countries, lengths, trunk_prefix, timezones) values
('1', '{AG,AI,AS,BB,BM,BS,CA,DM,DO,GD,GU,JM,KN,KY,LC,MP,MS,PR,SX,TC,TT,US,VC,VG,VI}', '{10}', null, '{America/Adak,America/Anchorage,America/Anguilla,America/Antigua,America/Barbados,America/Boise,America/Cayman,America/Chicago,America/Denver,America/Dominica,America/Edmonton,America/Fort_Nelson,America/Grand_Turk,America/Grenada,America/Halifax,America/Jamaica,America/Juneau,America/Los_Angeles,America/Lower_Princes,America/Montserrat,America/Nassau,America/New_York,America/North_Dakota/Center,America/Phoenix,America/Port_of_Spain,America/Puerto_Rico,America/Regina,America/Santo_Domingo,America/St_Johns,America/St_Kitts,America/St_Lucia,America/St_Thomas,America/St_Vincent,America/Toronto,America/Tortola,America/Vancouver,America/Winnipeg,Atlantic/Bermuda,Pacific/Guam,Pacific/Honolulu,Pacific/Pago_Pago,Pacific/Saipan}'),
('20', '{EG}', '{8,9,10}', '0', '{Africa/Cairo}'),
('211', '{SS}', '{9}', '0', '{Africa/Nairobi}'),
('212', '{EH,MA}', '{9}', '0', '{Atlantic/Canary}'),
('213', '{DZ}', '{8,9}', '0', '{Europe/Paris}'),
('216', '{TN}', '{8}', null, '{Africa/Tunis}'),
('218', '{LY}', '{9}', '0', '{Europe/Bucharest}'),
('220', '{GM}', '{7,9}', null, '{Africa/Banjul}'),
('221', '{SN}', '{9}', null, '{Africa/Dakar}'),
('222', '{MR}', '{8}', null, '{Africa/Nouakchott}'),
('223', '{ML}', '{8}', null, '{Africa/Bamako}'),
('224', '{GN}', '{8,9}', null, '{Africa/Conakry}'),
('225', '{CI}', '{10}', null, '{Africa/Abidjan}'),
('226', '{BF}', '{8}', null, '{Africa/Ouagadougou}'),
('227', '{NE}', '{8}', null, '{Africa/Niamey}'),
('228', '{TG}', '{8}', null, '{Africa/Lome}'),
('229', '{BJ}', '{10}', null, '{Africa/Porto-Novo}'),
('230', '{MU}', '{7,8,10}', null, '{Indian/Mauritius}'),
('231', '{LR}', '{7,8,9}', '0', '{Atlantic/Reykjavik}'),
('232', '{SL}', '{8}', '0', '{Africa/Freetown}'),
('233', '{GH}', '{8,9}', '0', '{Africa/Accra}'),
('234', '{NG}', '{10,11,12,13,14}', '0', '{Africa/Lagos}'),
('235', '{TD}', '{8}', null, '{Africa/Ndjamena}'),
('236', '{CF}', '{8}', null, '{Africa/Bangui}'),
('237', '{CM}', '{8,9}', null, '{Africa/Douala}'),
('238', '{CV}', '{7}', null, '{Atlantic/Cape_Verde}'),
('239', '{ST}', '{7}', null, '{Africa/Sao_Tome}'),
('240', '{GQ}', '{9}', null, '{Africa/Malabo}'),
('241', '{GA}', '{7,8}', null, '{Africa/Libreville}'),
('242', '{CG}', '{9}', null, '{Africa/Brazzaville}'),
('243', '{CD}', '{7,8,9,10}', '0', '{Africa/Kinshasa,Africa/Lubumbashi}'),
('244', '{AO}', '{9}', null, '{Africa/Luanda}'),
('245', '{GW}', '{7,9}', null, '{Atlantic/Reykjavik}'),
('246', '{IO}', '{7}', null, '{Indian/Chagos}'),
('247', '{AC}', '{5,6}', null, '{Atlantic/St_Helena}'),
('248', '{SC}', '{7}', null, '{Indian/Mahe}'),
('249', '{SD}', '{9}', '0', '{Africa/Khartoum}'),
('250', '{RW}', '{8,9}', '0', '{Africa/Kigali}'),
('251', '{ET}', '{9}', '0', '{Africa/Addis_Ababa}'),
('252', '{SO}', '{6,7,8,9}', '0', '{Africa/Mogadishu}'),
('253', '{DJ}', '{8}', null, '{Africa/Djibouti}'),
('254', '{KE}', '{7,8,9,10}', '0', '{Africa/Nairobi}'),
('255', '{TZ}', '{9}', '0', '{Africa/Dar_es_Salaam}'),
('256', '{UG}', '{9}', '0', '{Africa/Kampala}'),
('257', '{BI}', '{8}', null, '{Africa/Bujumbura}'),
('258', '{MZ}', '{8,9}', null, '{Africa/Maputo}'),
('260', '{ZM}', '{9}', '0', '{Africa/Lusaka}'),
('261', '{MG}', '{9}', '0', '{Indian/Antananarivo}'),
('262', '{RE,YT}', '{9}', '0', '{Indian/Mayotte,Indian/Reunion}'),
('263', '{ZW}', '{7,9,10}', '0', '{Africa/Harare}'),
('264', '{NA}', '{8,9}', '0', '{Africa/Windhoek}'),
('265', '{MW}', '{7,9}', '0', '{Africa/Blantyre}'),
('266', '{LS}', '{8}', null, '{Africa/Maseru}'),
('267', '{BW}', '{7,8,10}', null, '{Africa/Gaborone}'),
('268', '{SZ}', '{8,9}', null, '{Africa/Mbabane}'),
('269', '{KM}', '{7}', null, '{Indian/Comoro}'),
('27', '{ZA}', '{5,6,7,8,9,10}', '0', '{Africa/Johannesburg}'),
('290', '{SH,TA}', '{4,5}', null, '{Atlantic/St_Helena}'),
('291', '{ER}', '{7}', '0', '{Africa/Asmera}'),
('297', '{AW}', '{7}', null, '{America/Aruba}'),
('298', '{FO}', '{6}', null, '{Atlantic/Faeroe}'),
('299', '{GL}', '{6}', null, '{America/Godthab,America/Scoresbysund,America/Thule}'),
('30', '{GR}', '{10,11,12}', null, '{Europe/Athens}'),
('31', '{NL}', '{5,6,7,8,9,10,11}', '0', '{Europe/Amsterdam}'),
('32', '{BE}', '{8,9}', '0', '{Europe/Brussels}'),
('33', '{FR}', '{9}', '0', '{Europe/Paris}'),
('34', '{ES}', '{9}', null, '{Atlantic/Canary,Europe/Madrid}'),
('350', '{GI}', '{8}', null, '{Europe/Gibraltar}'),
('351', '{PT}', '{9}', null, '{Atlantic/Azores,Europe/Lisbon}'),
('352', '{LU}', '{4,5,6,7,8,9,10,11}', null, '{Europe/Luxembourg}'),
('353', '{IE}', '{7,8,9,10}', '0', '{Europe/Guernsey,Europe/Isle_of_Man,Europe/London}'),
('354', '{IS}', '{7,9}', null, '{Atlantic/Reykjavik}'),
('355', '{AL}', '{6,7,8,9}', '0', '{Europe/Tirane}'),
('356', '{MT}', '{8}', null, '{Europe/Malta}'),
('357', '{CY}', '{8}', null, '{Asia/Nicosia}'),
('358', '{AX,FI}', '{5,6,7,8,9,10,11,12}', '0', '{Europe/Helsinki,Europe/Mariehamn}'),
('359', '{BG}', '{6,7,8,9,12}', '0', '{Europe/Sofia}'),
('36', '{HU}', '{8,9}', null, '{Europe/Budapest}'),
('370', '{LT}', '{8}', '0', '{Europe/Bucharest}'),
('371', '{LV}', '{8}', null, '{Europe/Bucharest}'),
('372', '{EE}', '{7,8,10}', null, '{Europe/Bucharest}'),
('373', '{MD}', '{8}', '0', '{Europe/Chisinau}'),
('374', '{AM}', '{8}', '0', '{Asia/Yerevan}'),
('375', '{BY}', '{6,7,8,9,10,11}', null, '{Europe/Moscow}'),
('376', '{AD}', '{6,8,9}', null, '{Europe/Andorra}'),
('377', '{MC}', '{8,9}', '0', '{Europe/Monaco}'),
('378', '{SM}', '{8,10}', null, '{Europe/San_Marino}'),
('380', '{UA}', '{9,10}', '0', '{Europe/Kyiv}'),
('381', '{RS}', '{6,7,8,9,10,11,12}', '0', '{Europe/Belgrade}'),
('382', '{ME}', '{8,9}', '0', '{Europe/Podgorica}'),
('383', '{XK}', '{8,9,10,11,12}', '0', '{Europe/Belgrade}'),
('385', '{HR}', '{7,8,9}', '0', '{Europe/Zagreb}'),
('386', '{SI}', '{5,6,7,8}', '0', '{Europe/Ljubljana}'),
('387', '{BA}', '{8,9}', '0', '{Europe/Sarajevo}'),
('389', '{MK}', '{8}', '0', '{Europe/Skopje}'),
('39', '{IT,VA}', '{6,7,8,9,10,11,12}', null, '{Europe/Rome,Europe/Vatican}'),
('40', '{RO}', '{6,9}', '0', '{Europe/Bucharest}'),
('41', '{CH}', '{9,12}', '0', '{Europe/Zurich}'),
('420', '{CZ}', '{9,10,11,12}', null, '{Europe/Prague}'),
('421', '{SK}', '{6,7,9}', '0', '{Europe/Bratislava}'),
('423', '{LI}', '{7,9}', '0', '{Europe/Vaduz}'),
('43', '{AT}', '{4,5,6,7,8,9,10,11,12,13}', '0', '{Europe/Vienna}'),
('44', '{GB,GG,IM,JE}', '{7,9,10}', '0', '{Europe/Guernsey,Europe/Isle_of_Man,Europe/Jersey,Europe/London}'),
('45', '{DK}', '{8}', null, '{Europe/Copenhagen}'),
('46', '{SE}', '{6,7,8,9,10,12}', '0', '{Europe/Stockholm}'),
('47', '{NO,SJ}', '{5,8}', null, '{Arctic/Longyearbyen,Europe/Oslo}'),
('48', '{PL}', '{6,7,8,9,10}', null, '{Europe/Warsaw}'),
('49', '{DE}', '{4,5,6,7,8,9,10,11,12,13,14,15}', '0', '{Europe/Berlin}'),
('500', '{FK}', '{5}', null, '{Atlantic/Stanley}'),
('501', '{BZ}', '{7,11}', null, '{America/Belize}'),
('502', '{GT}', '{8,11}', null, '{America/Guatemala}'),
('503', '{SV}', '{7,8,11}', null, '{America/El_Salvador}'),
('504', '{HN}', '{8,11}', null, '{America/Tegucigalpa}'),
('505', '{NI}', '{8}', null, '{America/Chicago}'),
('506', '{CR}', '{8,10}', null, '{America/Costa_Rica}'),
('507', '{PA}', '{7,8,10,11}', null, '{America/Panama}'),
('508', '{PM}', '{6,9}', '0', '{America/Miquelon}'),
('509', '{HT}', '{8}', null, '{America/Port-au-Prince}'),
('51', '{PE}', '{8,9}', '0', '{America/Lima}'),
('52', '{MX}', '{10}', null, '{America/Cancun,America/Ciudad_Juarez,America/Matamoros,America/Mazatlan,America/Mexico_City,America/New_York,America/Ojinaga,America/Tijuana}'),
('53', '{CU}', '{6,7,8,10}', '0', '{America/Havana}'),
('54', '{AR}', '{10,11}', '0', '{America/Buenos_Aires}'),
('55', '{BR}', '{8,9,10,11}', '0', '{America/Manaus,America/Noronha,America/Rio_Branco,America/Sao_Paulo}'),
('56', '{CL}', '{9,10,11}', null, '{America/Santiago}'),
('57', '{CO}', '{8,10,11}', '0', '{America/Bogota}'),
('58', '{VE}', '{10}', '0', '{America/Caracas}'),
('590', '{BL,GP,MF}', '{9}', '0', '{America/Guadeloupe}'),
('591', '{BO}', '{8,9}', '0', '{America/La_Paz}'),
('592', '{GY}', '{7}', null, '{America/Guyana}'),
('593', '{EC}', '{8,9,10,11}', '0', '{America/Guayaquil,Pacific/Galapagos}'),
('594', '{GF}', '{9}', '0', '{America/Cayenne}'),
('595', '{PY}', '{6,7,8,9,10,11}', '0', '{America/Asuncion}'),
('596', '{MQ}', '{9}', '0', '{America/Martinique}'),
('597', '{SR}', '{6,7}', null, '{America/Paramaribo}'),
('598', '{UY}', '{4,5,6,7,8,9,10,11,12,13}', '0', '{America/Montevideo}'),
('599', '{BQ,CW}', '{7,8}', null, '{America/Curacao,America/Kralendijk}'),
('60', '{MY}', '{8,9,10}', '0', '{Asia/Kuching}'),
('61', '{AU,CC,CX}', '{5,6,7,8,9,10,12}', '0', '{Australia/Adelaide,Australia/Brisbane,Australia/Eucla,Australia/Lord_Howe,Australia/Perth,Australia/Sydney,Indian/Christmas,Indian/Cocos}'),
('62', '{ID}', '{7,8,9,10,11,12,13,14,15,16,17}', '0', '{Asia/Jakarta,Asia/Jayapura,Asia/Makassar}'),
('63', '{PH}', '{6,8,9,10,11,12,13}', '0', '{Asia/Manila}'),
('64', '{NZ}', '{5,6,7,8,9,10}', '0', '{Pacific/Auckland,Pacific/Chatham}'),
('65', '{SG}', '{8,10,11}', null, '{Asia/Singapore}'),
('66', '{TH}', '{8,9,10,13}', '0', '{Asia/Bangkok}'),
('670', '{TL}', '{7,8}', null, '{Asia/Dili}'),
('672', '{NF}', '{6}', null, '{Pacific/Norfolk}'),
('673', '{BN}', '{7}', null, '{Asia/Brunei}'),
('674', '{NR}', '{7}', null, '{Pacific/Nauru}'),
('675', '{PG}', '{7,8}', null, '{Pacific/Port_Moresby}'),
('676', '{TO}', '{5,7}', null, '{Pacific/Tongatapu}'),
('677', '{SB}', '{5,7}', null, '{Pacific/Guadalcanal}'),
('678', '{VU}', '{5,7}', null, '{Pacific/Efate}'),
('679', '{FJ}', '{7,11}', null, '{Pacific/Fiji}'),
('680', '{PW}', '{7}', null, '{Pacific/Palau}'),
('681', '{WF}', '{6,9}', null, '{Pacific/Wallis}'),
('682', '{CK}', '{5}', null, '{Pacific/Rarotonga}'),
('683', '{NU}', '{4,7}', null, '{Pacific/Niue}'),
('685', '{WS}', '{5,6,7,10}', null, '{Pacific/Apia}'),
('686', '{KI}', '{5,8}', '0', '{Pacific/Enderbury,Pacific/Kiritimati,Pacific/Tarawa}'),
('687', '{NC}', '{6}', null, '{Pacific/Noumea}'),
('688', '{TV}', '{5,6,7}', null, '{Pacific/Funafuti}'),
('689', '{PF}', '{6,8,9}', null, '{Pacific/Gambier,Pacific/Marquesas,Pacific/Tahiti}'),
('690', '{TK}', '{4,5,6,7}', null, '{Pacific/Fakaofo}'),
('691', '{FM}', '{7}', null, '{Pacific/Kosrae,Pacific/Ponape,Pacific/Truk}'),
('692', '{MH}', '{7}', null, '{Pacific/Majuro}'),
('7', '{KZ,RU}', '{10,14}', null, '{Asia/Almaty,Asia/Anadyr,Asia/Aqtobe,Asia/Irkutsk,Asia/Kamchatka,Asia/Krasnoyarsk,Asia/Magadan,Asia/Novosibirsk,Asia/Omsk,Asia/Sakhalin,Asia/Vladivostok,Asia/Yakutsk,Asia/Yekaterinburg,Europe/Bucharest,Europe/Moscow,Europe/Samara}'),
('800', '{}', '{8}', null, '{}'),
('808', '{}', '{8}', null, '{}'),
('81', '{JP}', '{8,9,10,11,12,13,14,15,16,17}', '0', '{Asia/Tokyo}'),
('82', '{KR}', '{5,6,8,9,10,11,12,13,14}', '0', '{Asia/Seoul}'),
('84', '{VN}', '{7,8,9,10}', '0', '{Asia/Ho_Chi_Minh}'),
('850', '{KP}', '{8,10}', '0', '{Asia/Seoul}'),
('852', '{HK}', '{5,6,7,8,9,11}', null, '{Asia/Hong_Kong}'),
('853', '{MO}', '{7,8}', null, '{Asia/Shanghai}'),
('855', '{KH}', '{8,9,10}', '0', '{Asia/Phnom_Penh}'),
('856', '{LA}', '{8,9,10}', '0', '{Asia/Vientiane}'),
('86', '{CN}', '{7,8,9,10,11,12}', '0', '{Asia/Shanghai}'),
('870', '{}', '{9,12}', null, '{}'),
('878', '{}', '{12}', null, '{}'),
('880', '{BD}', '{6,7,8,9,10}', '0', '{Asia/Dhaka}'),
('881', '{}', '{9,10}', null, '{}'),
('882', '{}', '{7,8,9,10,11,12}', null, '{}'),
('883', '{}', '{8,9,10,11,12}', null, '{}'),
('886', '{TW}', '{7,8,9,10,11}', '0', '{Asia/Taipei}'),
('888', '{}', '{11}', null, '{}'),
('90', '{TR}', '{7,10,12,13}', '0', '{Europe/Istanbul}'),
('91', '{IN}', '{8,9,10,11,12,13}', '0', '{Asia/Calcutta}'),
('92', '{PK}', '{8,9,10,11,12}', '0', '{Asia/Karachi}'),
('93', '{AF}', '{9}', '0', '{Asia/Kabul}'),
('94', '{LK}', '{9}', '0', '{Asia/Colombo}'),
('95', '{MM}', '{6,7,8,9,10}', '0', '{Asia/Rangoon}'),
('960', '{MV}', '{7,10}', null, '{Indian/Maldives}'),
('961', '{LB}', '{7,8}', '0', '{Asia/Beirut}'),
('962', '{JO}', '{8,9}', '0', '{Asia/Amman}'),
('963', '{SY}', '{8,9}', '0', '{Asia/Damascus}'),
('964', '{IQ}', '{8,9,10}', '0', '{Asia/Baghdad}'),
('965', '{KW}', '{7,8}', null, '{Asia/Kuwait}'),
('966', '{SA}', '{9,10}', '0', '{Asia/Riyadh}'),
('967', '{YE}', '{7,8,9}', '0', '{Asia/Aden}'),
('968', '{OM}', '{7,8,9}', null, '{Asia/Muscat}'),
('970', '{PS}', '{8,9,10}', '0', '{Europe/Bucharest}'),
('971', '{AE}', '{5,6,7,8,9,10,11,12}', '0', '{Asia/Dubai}'),
('972', '{IL}', '{7,8,9,10,11,12}', '0', '{Asia/Jerusalem}'),
('973', '{BH}', '{8}', null, '{Asia/Bahrain}'),
('974', '{QA}', '{7,8,9,11}', null, '{Asia/Qatar}'),
('975', '{BT}', '{7,8}', null, '{Asia/Thimphu}'),
('976', '{MN}', '{8,9,10}', '0', '{Asia/Choibalsan,Asia/Hovd,Asia/Ulaanbaatar}'),
('977', '{NP}', '{8,10,11}', '0', '{Asia/Katmandu}'),
('979', '{}', '{9}', null, '{}'),
('98', '{IR}', '{4,5,6,7,10}', '0', '{Asia/Tehran}'),
('992', '{TJ}', '{9}', null, '{Asia/Dushanbe}'),
('993', '{TM}', '{8}', null, '{Asia/Ashgabat}'),
('994', '{AZ}', '{9}', '0', '{Asia/Baku}'),
('995', '{GE}', '{9}', '0', '{Asia/Tbilisi}'),
('996', '{KG}', '{9,10}', '0', '{Asia/Bishkek}'),
('998', '{UZ}', '{9}', null, '{Asia/Tashkent}')
on conflict (calling_code) do update set
  countries = excluded.countries,
  lengths = excluded.lengths,
  trunk_prefix = excluded.trunk_prefix,
  timezones = excluded.timezones;

-- sql/60_reference/calling_windows.sql
-- Calls and marketing texts: 8:00 to 21:00 where the person is; Florida and Oklahoma until 20:00 and
-- three contacts a day; no Sundays in Alabama and Louisiana. Teams check these with their counsel.
insert into reference.calling_windows (channel, region, weekday, starts_at, ends_at, daily_limit)
select c.channel, r.region, d.weekday, r.starts_at, r.ends_at, r.daily_limit
from unnest(enum_range(null::public.contact_channel)) as c (channel)
cross join (
  values
  ('', '08:00'::time, '21:00'::time, null::smallint),
  ('FL', '08:00', '20:00', 3),
  ('OK', '08:00', '20:00', 3)
) as r (region, starts_at, ends_at, daily_limit)
cross join generate_series(1, 7) as d (weekday)
union all
select c.channel, r.region, 7, null, null, null
from unnest(enum_range(null::public.contact_channel)) as c (channel)
cross join (values ('AL'), ('LA')) as r (region)
on conflict (channel, region, weekday) do update
  set starts_at = excluded.starts_at, ends_at = excluded.ends_at, daily_limit = excluded.daily_limit;

-- sql/60_reference/condition_fields.sql
-- docs/definitions.md lists them; a test compares the two.
insert into reference.condition_fields (kind, field, type, words, meaning) values
('customer', 'types', 'words', '{Residential,Commercial}', 'The customer is of one of these types.'),
('customer', 'tags', 'tags', null, 'Tags of the customer.'),
('customer', 'zips', 'zips', null, 'The customer''s ZIP code begins with one of these.'),
('customer', 'balance', 'amount', null, 'What the customer owes.'),
('customer', 'created', 'window', null, 'When the customer was entered.'),
('customer', 'do_not_service', 'flag', null, 'Whether the customer is marked as not to be served. A definition that asks decides; all others leave them out.'),
('customer', 'do_not_text', 'flag', null, 'True: none of the customer''s numbers may be texted. False: at least one may.'),
('customer', 'marketing', 'flag', null, 'False: a number of the customer is marked as not wanting marketing. True: none is.'),
('location', 'tags', 'tags', null, 'Tags of a location of the customer.'),
('location', 'zips', 'zips', null, 'The ZIP code of a location begins with one of these.'),
('job', 'statuses', 'words', '{Scheduled,Dispatched,InProgress,Hold,Completed,Canceled}', 'The job is in one of these states.'),
('job', 'job_types', 'ids', null, 'The job is of one of these types.'),
('job', 'business_units', 'ids', null, 'The job belongs to one of these business units.'),
('job', 'campaigns', 'ids', null, 'The job came from one of these marketing campaigns.'),
('job', 'tags', 'tags', null, 'Tags of the job.'),
('job', 'total', 'amount', null, 'The job''s total; a job without one counts as 0.'),
('job', 'completed', 'window', null, 'When the job was completed.'),
('job', 'created', 'window', null, 'When the job was entered.'),
('appointment', 'statuses', 'words', '{Scheduled,Dispatched,Working,Hold,Done,Canceled}', 'The appointment is in one of these states.'),
('appointment', 'starts', 'window', null, 'When the appointment begins.'),
('appointment', 'job_types', 'ids', null, 'Its job is of one of these types.'),
('appointment', 'business_units', 'ids', null, 'Its job belongs to one of these business units.'),
('appointment', 'tags', 'tags', null, 'Tags of its job.'),
('appointment', 'unused', 'flag', null, 'Whether the appointment was made and not needed.'),
('membership', 'statuses', 'words', '{Active,Suspended,Expired,Canceled,Deleted}', 'The membership is in one of these states.'),
('membership', 'types', 'ids', null, 'The membership is of one of these types.'),
('membership', 'business_units', 'ids', null, 'The membership belongs to one of these business units.'),
('membership', 'starts', 'window', null, 'When the membership begins.'),
('membership', 'ends', 'window', null, 'When the membership ends.'),
('service_event', 'statuses', 'words', '{NotAttempted,Unreachable,Contacted,Won,Dismissed}', 'How far the follow-up of the visit is.'),
('service_event', 'due', 'window', null, 'When the visit falls due.'),
('service_event', 'service_types', 'ids', null, 'The recurring service is of one of these types.'),
('service_event', 'job_types', 'ids', null, 'The visit''s job would be of one of these types.'),
('service_event', 'business_units', 'ids', null, 'The recurring service belongs to one of these business units.')
on conflict (kind, field) do update set type = excluded.type, words = excluded.words, meaning = excluded.meaning;

-- sql/60_reference/consent_phrases.sql
-- The FCC's revocation words, the carriers' own, and phrases that nobody could take for anything else.
insert into reference.consent_phrases (phrase, action, is_whole_message) values
('stop', 'opt_out', true),
('stopall', 'opt_out', true),
('stop all', 'opt_out', true),
('quit', 'opt_out', true),
('end', 'opt_out', true),
('revoke', 'opt_out', true),
('optout', 'opt_out', true),
('cancel', 'opt_out', true),
('unsubscribe', 'opt_out', false),
('opt out', 'opt_out', false),
('opt me out', 'opt_out', false),
('stop calling', 'opt_out', false),
('stop texting', 'opt_out', false),
('stop messaging', 'opt_out', false),
('stop contacting', 'opt_out', false),
('stop sending', 'opt_out', false),
('quit calling', 'opt_out', false),
('quit texting', 'opt_out', false),
('never call', 'opt_out', false),
('never text', 'opt_out', false),
('stop the calls', 'opt_out', false),
('stop the texts', 'opt_out', false),
('stop these', 'opt_out', false),
('do not call', 'opt_out', false),
('do not text', 'opt_out', false),
('do not contact', 'opt_out', false),
('don t call', 'opt_out', false),
('don t text', 'opt_out', false),
('don t contact', 'opt_out', false),
('please stop', 'opt_out', false),
('stop please', 'opt_out', true),
('stop it', 'opt_out', true),
('stop now', 'opt_out', true),
('no more calls', 'opt_out', false),
('no more texts', 'opt_out', false),
('no more messages', 'opt_out', false),
('remove me', 'opt_out', false),
('take me off', 'opt_out', false),
('leave me alone', 'opt_out', false),
('start', 'opt_in', true),
('unstop', 'opt_in', true)
on conflict (phrase) do update set action = excluded.action, is_whole_message = excluded.is_whole_message;

-- sql/60_reference/edge_rules.sql
-- `any` leaves out a booking, which goes on only over an edge that says `booked`, and an opt-out,
-- which never goes on. A trigger has no outcome of its own: its one rule matches whatever there is.
insert into reference.edge_rules (node_type, rule, outcome, is_partial, needs_reply_window)
select 'call'::public.node_type, r.rule, o.outcome, false, false
from (
  values
  ('booked', array['booked']),
  ('answered', array['answered']),
  ('voicemail', array['voicemail']),
  ('no_answer', array['no_answer']),
  ('busy', array['busy']),
  ('failed', array['failed']),
  ('not_booked', array['answered', 'voicemail', 'no_answer', 'busy', 'failed']),
  ('any', array['answered', 'voicemail', 'no_answer', 'busy', 'failed'])
) as r (rule, outcomes)
cross join unnest(r.outcomes::public.job_outcome[]) as o (outcome)
union all
select 'text', r.rule, o.outcome, r.rule = 'reply_matches', r.waits
from (
  values
  ('booked', array['booked'], true),
  ('replied', array['replied'], true),
  ('reply_matches', array['replied'], true),
  ('no_reply', array['no_reply'], true),
  ('opted_in', array['opted_in'], true),
  ('undeliverable', array['undeliverable'], false),
  ('failed', array['failed'], false),
  ('any', array['delivered', 'replied', 'no_reply', 'opted_in', 'undeliverable', 'failed'], false)
) as r (rule, outcomes, waits)
cross join unnest(r.outcomes::public.job_outcome[]) as o (outcome)
union all
select 'trigger', 'any', o.outcome, false, false
from unnest(enum_range(null::public.job_outcome)) as o (outcome)
on conflict (node_type, rule, outcome) do update
  set is_partial = excluded.is_partial, needs_reply_window = excluded.needs_reply_window;

-- sql/60_reference/errors.sql
-- Adding a code here means adding it to workers/errors.py and docs/errors.md; a test compares them.
insert into reference.errors (sqlstate, name, meaning, detail_shape) values
('OB001', 'validation failed', 'The input is wrong.', '[{code, severity, path, message, node_id?, edge_id?, row?, column?}]'),
('OB002', 'invalid transition', 'The status does not allow it.', '{entity, id, from, to, allowed[]}'),
('OB003', 'immutable', 'Published, archived, or no longer CREATED.', '{entity, id, status}'),
('OB004', 'not found', 'No such row in the caller''s teams.', '{entity, id}'),
('OB005', 'in use', 'Others depend on it.', '{entity, id, used_by[]}'),
('OB006', 'conflict', 'Saved by someone else since it was read.', '{expected, actual, saved_at, changes}'),
('OB007', 'not ready', 'A launch prerequisite is missing.', '{blockers[]}'),
('OB008', 'forbidden', 'The role may not.', '{role, needs}'),
('OB009', 'too many', 'A limit was hit.', '{limit, actual}')
on conflict (sqlstate) do update
  set name = excluded.name, meaning = excluded.meaning, detail_shape = excluded.detail_shape;

-- sql/60_reference/import_headers.sql
-- Spellings are as engine.header_key writes them: lower case, words apart, no punctuation.
insert into reference.import_headers (field, spelling, is_word, rank)
select w.field, s.spelling, w.is_word, w.rank
from (
  values
  ('phone', true, 1, 'phone|phones|phone1|telephone|telefon|telefone|telefono|teléfono|téléphone|tel|phonenumber|☎|✆|📞|📱|fone|puhelin|هاتف|الهاتف|फ़ोन|फोन|电话|電話|電話番号|전화|телефон'),
  ('phone', true, 2, 'mobile|cell|cellphone|cellular|cel|celular|handy|móvil|movil|portable|gsm|whatsapp|sms|msisdn|手机|携帯|мобильный'),
  ('phone', false, 3, 'contact number|contact no|caller id|caller|primary number|best number|number to call|to number'),
  ('email', true, 1, 'email|emails|e mail|mail|correo|correo electrónico|courriel|email1|البريد|ईमेल|邮箱|почта'),
  ('first_name', false, 1, 'first name|firstname|first|given name|fname|forename|prénom|prenom|vorname|primer nombre'),
  ('last_name', false, 1, 'last name|lastname|last|surname|family name|lname|apellido|apellidos|nom de famille|nachname|cognome|sobrenome'),
  ('full_name', false, 1, 'full name|fullname|name|contact name|customer name|client name|lead name|your name|nombre|nombre completo|nom|nome|naam|الاسم|नाम|姓名|名前|имя'),
  ('full_name', false, 2, 'contact|customer|client|lead|person|homeowner|homeowner name|owner name|patient name|member name|recipient'),
  ('timezone', false, 1, 'timezone|time zone|tz|iana timezone|zona horaria|fuseau horaire|zeitzone'),
  ('postal_code', false, 1, 'zip|zip code|zipcode|zip5|postal code|postalcode|postcode|post code|postal|zip postal code|zip postal|plz|código postal|codigo postal|code postal|service zip|service address zip'),
  ('postal_code', false, 2, 'billing zip|mailing zip|home zip|location zip|address zip|billing zip code|mailing zip code|shipping zip'),
  ('servicetitan_customer_id', false, 1, 'servicetitan customer id|service titan customer id|st customer id|servicetitan id|service titan id'),
  ('servicetitan_customer_id', false, 2, 'customer id|customerid')
) as w (field, is_word, rank, spellings)
cross join lateral regexp_split_to_table(w.spellings, '\|') as s (spelling)
on conflict (field, spelling) do update set is_word = excluded.is_word, rank = excluded.rank;

-- sql/60_reference/import_problems.sql
-- The codes are part of the contract with frontends; docs/audiences.md lists them.
insert into reference.import_problems (code, severity, message) values
('phone_missing', 'error', 'There is no phone number.'),
('phone_not_a_number', 'error', 'This is not a phone number.'),
('phone_scientific_notation', 'error', 'A spreadsheet rounded this number; its last digits are lost. Format the column as text and export again.'),
('phone_too_short', 'error', 'The number has too few digits.'),
('phone_too_long', 'error', 'The number has too many digits.'),
('phone_without_area_code', 'error', 'The number has no area code.'),
('phone_area_code_unassigned', 'error', 'No such area code is assigned.'),
('phone_exchange_impossible', 'error', 'No number can have these three digits after the area code.'),
('phone_premium_rate', 'error', 'Numbers that charge the caller are not called.'),
('phone_needs_plus', 'error', 'Numbers outside North America must be written with + and the country code.'),
('phone_country_unknown', 'error', 'No country has this calling code.'),
('phone_length_impossible', 'error', 'Numbers of this country do not have this many digits.'),
('phone_fictitious', 'error', 'The number is reserved for fiction; only sandbox teams may hold it.'),
('phone_do_not_text', 'error', 'ServiceTitan says that none of the customer''s numbers may be texted.'),
('phone_declines_marketing', 'error', 'The customer''s numbers are marked as not wanting marketing.'),
('phone_extra_unused', 'info', 'Another number of this row is not used.'),
('duplicate_phone', 'info', 'The number is in an earlier row, which was used.'),
('excluded_phone', 'info', 'The list leaves this number out.'),
('excluded_in_list', 'info', 'The person is in a list that this one leaves out.'),
('excluded_in_campaign', 'info', 'The person is in a campaign that the list leaves out.'),
('excluded_tag', 'info', 'The customer has a tag that the list leaves out.'),
('excluded_recently_contacted', 'info', 'The number was called or texted within the time that the list leaves out.'),
('excluded_booked', 'info', 'The person has booked, and the list leaves out who has.'),
('email_invalid', 'warning', 'This is not an e-mail address; the row is used without it.'),
('timezone_unknown', 'warning', 'This is not a time zone; the area code decides.'),
('customer_id_invalid', 'warning', 'A customer id is a whole number; the row is used without it.'),
('value_too_long', 'warning', 'The value is longer than 200 characters and was cut.'),
('row_has_extra_cells', 'warning', 'The row has more cells than the header; a quote may be missing.')
on conflict (code) do update set severity = excluded.severity, message = excluded.message;

-- sql/60_reference/postal_prefixes.sql
-- Where ZIP codes lie, by their first three digits. Written by tests/support/reference_rows.py.
insert into reference.postal_prefixes (prefix, regions, timezones) values
('005', '{NY}', '{America/New_York}'),
('006', '{PR}', '{America/Puerto_Rico}'),
('007', '{PR}', '{America/Puerto_Rico}'),
('008', '{VI}', '{America/St_Thomas}'),
('009', '{PR}', '{America/Puerto_Rico}'),
('010', '{MA}', '{America/New_York}'),
('011', '{MA}', '{America/New_York}'),
('012', '{MA}', '{America/New_York}'),
('013', '{MA}', '{America/New_York}'),
('014', '{MA}', '{America/New_York}'),
('015', '{MA}', '{America/New_York}'),
('016', '{MA}', '{America/New_York}'),
('017', '{MA}', '{America/New_York}'),
('018', '{MA}', '{America/New_York}'),
('019', '{MA}', '{America/New_York}'),
('020', '{MA}', '{America/New_York}'),
('021', '{MA}', '{America/New_York}'),
('022', '{MA}', '{America/New_York}'),
('023', '{MA}', '{America/New_York}'),
('024', '{MA}', '{America/New_York}'),
('025', '{MA}', '{America/New_York}'),
('026', '{MA}', '{America/New_York}'),
('027', '{MA}', '{America/New_York}'),
('028', '{RI}', '{America/New_York}'),
('029', '{RI}', '{America/New_York}'),
('030', '{NH}', '{America/New_York}'),
('031', '{NH}', '{America/New_York}'),
('032', '{NH}', '{America/New_York}'),
('033', '{NH}', '{America/New_York}'),
('034', '{NH}', '{America/New_York}'),
('035', '{NH}', '{America/New_York}'),
('036', '{NH}', '{America/New_York}'),
('037', '{NH}', '{America/New_York}'),
('038', '{NH}', '{America/New_York}'),
('039', '{ME}', '{America/New_York}'),
('040', '{ME}', '{America/New_York}'),
('041', '{ME}', '{America/New_York}'),
('042', '{ME}', '{America/New_York}'),
('043', '{ME}', '{America/New_York}'),
('044', '{ME}', '{America/New_York}'),
('045', '{ME}', '{America/New_York}'),
('046', '{ME}', '{America/New_York}'),
('047', '{ME}', '{America/New_York}'),
('048', '{ME}', '{America/New_York}'),
('049', '{ME}', '{America/New_York}'),
('050', '{VT}', '{America/New_York}'),
('051', '{VT}', '{America/New_York}'),
('052', '{VT}', '{America/New_York}'),
('053', '{VT}', '{America/New_York}'),
('054', '{VT}', '{America/New_York}'),
('055', '{MA}', '{America/New_York}'),
('056', '{VT}', '{America/New_York}'),
('057', '{VT}', '{America/New_York}'),
('058', '{VT}', '{America/New_York}'),
('059', '{VT}', '{America/New_York}'),
('060', '{CT}', '{America/New_York}'),
('061', '{CT}', '{America/New_York}'),
('062', '{CT}', '{America/New_York}'),
('063', '{CT,NY}', '{America/New_York}'),
('064', '{CT}', '{America/New_York}'),
('065', '{CT}', '{America/New_York}'),
('066', '{CT}', '{America/New_York}'),
('067', '{CT}', '{America/New_York}'),
('068', '{CT}', '{America/New_York}'),
('069', '{CT}', '{America/New_York}'),
('070', '{NJ}', '{America/New_York}'),
('071', '{NJ}', '{America/New_York}'),
('072', '{NJ}', '{America/New_York}'),
('073', '{NJ}', '{America/New_York}'),
('074', '{NJ}', '{America/New_York}'),
('075', '{NJ}', '{America/New_York}'),
('076', '{NJ}', '{America/New_York}'),
('077', '{NJ}', '{America/New_York}'),
('078', '{NJ}', '{America/New_York}'),
('079', '{NJ}', '{America/New_York}'),
('080', '{NJ}', '{America/New_York}'),
('081', '{NJ}', '{America/New_York}'),
('082', '{NJ}', '{America/New_York}'),
('083', '{NJ}', '{America/New_York}'),
('084', '{NJ}', '{America/New_York}'),
('085', '{NJ}', '{America/New_York}'),
('086', '{NJ}', '{America/New_York}'),
('087', '{NJ}', '{America/New_York}'),
('088', '{NJ}', '{America/New_York}'),
('089', '{NJ}', '{America/New_York}'),
('099', '{NJ}', '{America/New_York}'),
('100', '{NY}', '{America/New_York}'),
('101', '{NY}', '{America/New_York}'),
('102', '{NY}', '{America/New_York}'),
('103', '{NY}', '{America/New_York}'),
('104', '{NY}', '{America/New_York}'),
('105', '{NY}', '{America/New_York}'),
('106', '{NY}', '{America/New_York}'),
('107', '{NY}', '{America/New_York}'),
('108', '{NY}', '{America/New_York}'),
('109', '{NY}', '{America/New_York}'),
('110', '{NY}', '{America/New_York}'),
('111', '{NY}', '{America/New_York}'),
('112', '{NY}', '{America/New_York}'),
('113', '{NY}', '{America/New_York}'),
('114', '{NY}', '{America/New_York}'),
('115', '{NY}', '{America/New_York}'),
('116', '{NY}', '{America/New_York}'),
('117', '{NY}', '{America/New_York}'),
('118', '{NY}', '{America/New_York}'),
('119', '{NY}', '{America/New_York}'),
('120', '{NY}', '{America/New_York}'),
('121', '{NY}', '{America/New_York}'),
('122', '{NY}', '{America/New_York}'),
('123', '{NY}', '{America/New_York}'),
('124', '{NY}', '{America/New_York}'),
('125', '{NY}', '{America/New_York}'),
('126', '{NY}', '{America/New_York}'),
('127', '{NY}', '{America/New_York}'),
('128', '{NY}', '{America/New_York}'),
('129', '{NY}', '{America/New_York}'),
('130', '{NY}', '{America/New_York}'),
('131', '{NY}', '{America/New_York}'),
('132', '{NY}', '{America/New_York}'),
('133', '{NY}', '{America/New_York}'),
('134', '{NY}', '{America/New_York}'),
('135', '{NY}', '{America/New_York}'),
('136', '{NY}', '{America/New_York}'),
('137', '{NY}', '{America/New_York}'),
('138', '{NY}', '{America/New_York}'),
('139', '{NY}', '{America/New_York}'),
('140', '{NY}', '{America/New_York}'),
('141', '{NY}', '{America/New_York}'),
('142', '{NY}', '{America/New_York}'),
('143', '{NY}', '{America/New_York}'),
('144', '{NY}', '{America/New_York}'),
('145', '{NY}', '{America/New_York}'),
('146', '{NY}', '{America/New_York}'),
('147', '{NY}', '{America/New_York}'),
('148', '{NY}', '{America/New_York}'),
('149', '{NY}', '{America/New_York}'),
('150', '{PA}', '{America/New_York}'),
('151', '{PA}', '{America/New_York}'),
('152', '{PA}', '{America/New_York}'),
('153', '{PA}', '{America/New_York}'),
('154', '{PA}', '{America/New_York}'),
('155', '{PA}', '{America/New_York}'),
('156', '{PA}', '{America/New_York}'),
('157', '{PA}', '{America/New_York}'),
('158', '{PA}', '{America/New_York}'),
('159', '{PA}', '{America/New_York}'),
('160', '{PA}', '{America/New_York}'),
('161', '{PA}', '{America/New_York}'),
('162', '{PA}', '{America/New_York}'),
('163', '{PA}', '{America/New_York}'),
('164', '{PA}', '{America/New_York}'),
('165', '{PA}', '{America/New_York}'),
('166', '{PA}', '{America/New_York}'),
('167', '{PA}', '{America/New_York}'),
('168', '{PA}', '{America/New_York}'),
('169', '{PA}', '{America/New_York}'),
('170', '{PA}', '{America/New_York}'),
('171', '{PA}', '{America/New_York}'),
('172', '{PA}', '{America/New_York}'),
('173', '{PA}', '{America/New_York}'),
('174', '{PA}', '{America/New_York}'),
('175', '{PA}', '{America/New_York}'),
('176', '{PA}', '{America/New_York}'),
('177', '{PA}', '{America/New_York}'),
('178', '{PA}', '{America/New_York}'),
('179', '{PA}', '{America/New_York}'),
('180', '{PA}', '{America/New_York}'),
('181', '{PA}', '{America/New_York}'),
('182', '{PA}', '{America/New_York}'),
('183', '{PA}', '{America/New_York}'),
('184', '{PA}', '{America/New_York}'),
('185', '{PA}', '{America/New_York}'),
('186', '{PA}', '{America/New_York}'),
('187', '{PA}', '{America/New_York}'),
('188', '{PA}', '{America/New_York}'),
('189', '{PA}', '{America/New_York}'),
('190', '{PA}', '{America/New_York}'),
('191', '{PA}', '{America/New_York}'),
('192', '{PA}', '{America/New_York}'),
('193', '{PA}', '{America/New_York}'),
('194', '{PA}', '{America/New_York}'),
('195', '{PA}', '{America/New_York}'),
('196', '{PA}', '{America/New_York}'),
('197', '{DE}', '{America/New_York}'),
('198', '{DE}', '{America/New_York}'),
('199', '{DE}', '{America/New_York}'),
('200', '{DC}', '{America/New_York}'),
('201', '{VA}', '{America/New_York}'),
('202', '{DC}', '{America/New_York}'),
('203', '{DC}', '{America/New_York}'),
('204', '{DC}', '{America/New_York}'),
('205', '{DC,MD,VA}', '{America/New_York}'),
('206', '{MD}', '{America/New_York}'),
('207', '{MD}', '{America/New_York}'),
('208', '{MD}', '{America/New_York}'),
('209', '{MD}', '{America/New_York}'),
('210', '{MD}', '{America/New_York}'),
('211', '{MD}', '{America/New_York}'),
('212', '{MD}', '{America/New_York}'),
('214', '{MD}', '{America/New_York}'),
('215', '{MD}', '{America/New_York}'),
('216', '{MD}', '{America/New_York}'),
('217', '{MD}', '{America/New_York}'),
('218', '{MD}', '{America/New_York}'),
('219', '{MD}', '{America/New_York}'),
('220', '{VA}', '{America/New_York}'),
('221', '{VA}', '{America/New_York}'),
('222', '{VA}', '{America/New_York}'),
('223', '{VA}', '{America/New_York}'),
('224', '{VA}', '{America/New_York}'),
('225', '{VA}', '{America/New_York}'),
('226', '{VA}', '{America/New_York}'),
('227', '{VA}', '{America/New_York}'),
('228', '{VA}', '{America/New_York}'),
('229', '{VA}', '{America/New_York}'),
('230', '{VA}', '{America/New_York}'),
('231', '{VA}', '{America/New_York}'),
('232', '{VA}', '{America/New_York}'),
('233', '{VA}', '{America/New_York}'),
('234', '{VA}', '{America/New_York}'),
('235', '{VA}', '{America/New_York}'),
('236', '{VA}', '{America/New_York}'),
('237', '{VA}', '{America/New_York}'),
('238', '{VA}', '{America/New_York}'),
('239', '{VA}', '{America/New_York}'),
('240', '{VA}', '{America/New_York}'),
('241', '{VA}', '{America/New_York}'),
('242', '{VA}', '{America/New_York}'),
('243', '{VA}', '{America/New_York}'),
('244', '{VA}', '{America/New_York}'),
('245', '{VA}', '{America/New_York}'),
('246', '{VA}', '{America/New_York}'),
('247', '{WV}', '{America/New_York}'),
('248', '{WV}', '{America/New_York}'),
('249', '{WV}', '{America/New_York}'),
('250', '{WV}', '{America/New_York}'),
('251', '{WV}', '{America/New_York}'),
('252', '{WV}', '{America/New_York}'),
('253', '{WV}', '{America/New_York}'),
('254', '{WV}', '{America/New_York}'),
('255', '{WV}', '{America/New_York}'),
('256', '{WV}', '{America/New_York}'),
('257', '{WV}', '{America/New_York}'),
('258', '{WV}', '{America/New_York}'),
('259', '{WV}', '{America/New_York}'),
('260', '{WV}', '{America/New_York}'),
('261', '{WV}', '{America/New_York}'),
('262', '{WV}', '{America/New_York}'),
('263', '{WV}', '{America/New_York}'),
('264', '{WV}', '{America/New_York}'),
('265', '{WV}', '{America/New_York}'),
('266', '{WV}', '{America/New_York}'),
('267', '{WV}', '{America/New_York}'),
('268', '{WV}', '{America/New_York}'),
('270', '{NC}', '{America/New_York}'),
('271', '{NC}', '{America/New_York}'),
('272', '{NC}', '{America/New_York}'),
('273', '{NC}', '{America/New_York}'),
('274', '{NC}', '{America/New_York}'),
('275', '{NC}', '{America/New_York}'),
('276', '{NC}', '{America/New_York}'),
('277', '{NC}', '{America/New_York}'),
('278', '{NC}', '{America/New_York}'),
('279', '{NC}', '{America/New_York}'),
('280', '{NC}', '{America/New_York}'),
('281', '{NC}', '{America/New_York}'),
('282', '{NC}', '{America/New_York}'),
('283', '{NC}', '{America/New_York}'),
('284', '{NC}', '{America/New_York}'),
('285', '{NC}', '{America/New_York}'),
('286', '{NC}', '{America/New_York}'),
('287', '{NC}', '{America/New_York}'),
('288', '{NC}', '{America/New_York}'),
('289', '{NC}', '{America/New_York}'),
('290', '{SC}', '{America/New_York}'),
('291', '{SC}', '{America/New_York}'),
('292', '{SC}', '{America/New_York}'),
('293', '{SC}', '{America/New_York}'),
('294', '{SC}', '{America/New_York}'),
('295', '{SC}', '{America/New_York}'),
('296', '{SC}', '{America/New_York}'),
('297', '{SC}', '{America/New_York}'),
('298', '{SC}', '{America/New_York}'),
('299', '{SC}', '{America/New_York}'),
('300', '{GA}', '{America/New_York}'),
('301', '{GA}', '{America/New_York}'),
('302', '{GA}', '{America/New_York}'),
('303', '{GA}', '{America/New_York}'),
('304', '{GA}', '{America/New_York}'),
('305', '{GA}', '{America/New_York}'),
('306', '{GA}', '{America/New_York}'),
('307', '{GA}', '{America/New_York}'),
('308', '{GA}', '{America/New_York}'),
('309', '{GA}', '{America/New_York}'),
('310', '{GA}', '{America/New_York}'),
('311', '{GA}', '{America/New_York}'),
('312', '{GA}', '{America/New_York}'),
('313', '{GA}', '{America/New_York}'),
('314', '{GA}', '{America/New_York}'),
('315', '{GA}', '{America/New_York}'),
('316', '{GA}', '{America/New_York}'),
('317', '{GA}', '{America/New_York}'),
('318', '{GA}', '{America/New_York}'),
('319', '{GA}', '{America/New_York}'),
('320', '{FL}', '{America/New_York}'),
('321', '{FL}', '{America/New_York}'),
('322', '{FL}', '{America/New_York}'),
('323', '{FL}', '{America/New_York}'),
('324', '{FL}', '{America/Chicago,America/New_York}'),
('325', '{FL}', '{America/Chicago}'),
('326', '{FL}', '{America/New_York}'),
('327', '{FL}', '{America/New_York}'),
('328', '{FL}', '{America/New_York}'),
('329', '{FL}', '{America/New_York}'),
('330', '{FL}', '{America/New_York}'),
('331', '{FL}', '{America/New_York}'),
('332', '{FL}', '{America/New_York}'),
('333', '{FL}', '{America/New_York}'),
('334', '{FL}', '{America/New_York}'),
('335', '{FL}', '{America/New_York}'),
('336', '{FL}', '{America/New_York}'),
('337', '{FL}', '{America/New_York}'),
('338', '{FL}', '{America/New_York}'),
('339', '{FL}', '{America/New_York}'),
('341', '{FL}', '{America/New_York}'),
('342', '{FL}', '{America/New_York}'),
('344', '{FL}', '{America/New_York}'),
('346', '{FL}', '{America/New_York}'),
('347', '{FL}', '{America/New_York}'),
('349', '{FL}', '{America/New_York}'),
('350', '{AL}', '{America/Chicago}'),
('351', '{AL}', '{America/Chicago}'),
('352', '{AL}', '{America/Chicago}'),
('354', '{AL}', '{America/Chicago}'),
('355', '{AL}', '{America/Chicago}'),
('356', '{AL}', '{America/Chicago}'),
('357', '{AL}', '{America/Chicago}'),
('358', '{AL}', '{America/Chicago}'),
('359', '{AL}', '{America/Chicago}'),
('360', '{AL}', '{America/Chicago}'),
('361', '{AL}', '{America/Chicago}'),
('362', '{AL}', '{America/Chicago}'),
('363', '{AL}', '{America/Chicago}'),
('364', '{AL}', '{America/Chicago}'),
('365', '{AL}', '{America/Chicago}'),
('366', '{AL}', '{America/Chicago}'),
('367', '{AL}', '{America/Chicago}'),
('368', '{AL}', '{America/Chicago}'),
('369', '{AL}', '{America/Chicago}'),
('370', '{TN}', '{America/Chicago}'),
('371', '{TN}', '{America/Chicago}'),
('372', '{TN}', '{America/Chicago}'),
('373', '{TN}', '{America/Chicago,America/New_York}'),
('374', '{TN}', '{America/Chicago,America/New_York}'),
('375', '{TN}', '{America/Chicago}'),
('376', '{TN}', '{America/New_York}'),
('377', '{TN}', '{America/Chicago,America/New_York}'),
('378', '{TN}', '{America/New_York}'),
('379', '{TN}', '{America/New_York}'),
('380', '{TN}', '{America/Chicago}'),
('381', '{TN}', '{America/Chicago}'),
('382', '{TN}', '{America/Chicago}'),
('383', '{TN}', '{America/Chicago}'),
('384', '{TN}', '{America/Chicago}'),
('385', '{TN}', '{America/Chicago}'),
('386', '{MS}', '{America/Chicago}'),
('387', '{MS}', '{America/Chicago}'),
('388', '{MS}', '{America/Chicago}'),
('389', '{MS}', '{America/Chicago}'),
('390', '{MS}', '{America/Chicago}'),
('391', '{MS}', '{America/Chicago}'),
('392', '{MS}', '{America/Chicago}'),
('393', '{MS}', '{America/Chicago}'),
('394', '{MS}', '{America/Chicago}'),
('395', '{MS}', '{America/Chicago}'),
('396', '{MS}', '{America/Chicago}'),
('397', '{MS}', '{America/Chicago}'),
('398', '{GA}', '{America/New_York}'),
('399', '{GA}', '{America/New_York}'),
('400', '{KY}', '{America/Kentucky/Louisville,America/New_York}'),
('401', '{KY}', '{America/Chicago,America/Kentucky/Louisville,America/New_York}'),
('402', '{KY}', '{America/Kentucky/Louisville}'),
('403', '{KY}', '{America/New_York}'),
('404', '{KY}', '{America/New_York}'),
('405', '{KY}', '{America/New_York}'),
('406', '{KY}', '{America/New_York}'),
('407', '{KY}', '{America/New_York}'),
('408', '{KY}', '{America/New_York}'),
('409', '{KY}', '{America/New_York}'),
('410', '{KY}', '{America/New_York}'),
('411', '{KY}', '{America/New_York}'),
('412', '{KY}', '{America/New_York}'),
('413', '{KY}', '{America/New_York}'),
('414', '{KY}', '{America/New_York}'),
('415', '{KY}', '{America/New_York}'),
('416', '{KY}', '{America/New_York}'),
('417', '{KY}', '{America/New_York}'),
('418', '{KY}', '{America/New_York}'),
('420', '{KY}', '{America/Chicago}'),
('421', '{KY}', '{America/Chicago}'),
('422', '{KY}', '{America/Chicago}'),
('423', '{KY}', '{America/Chicago}'),
('424', '{KY}', '{America/Chicago}'),
('425', '{KY}', '{America/New_York}'),
('426', '{KY}', '{America/Chicago,America/Kentucky/Monticello,America/New_York}'),
('427', '{KY}', '{America/Chicago,America/New_York}'),
('430', '{OH}', '{America/New_York}'),
('431', '{OH}', '{America/New_York}'),
('432', '{OH}', '{America/New_York}'),
('433', '{OH}', '{America/New_York}'),
('434', '{OH}', '{America/New_York}'),
('435', '{OH}', '{America/New_York}'),
('436', '{OH}', '{America/New_York}'),
('437', '{OH}', '{America/New_York}'),
('438', '{OH}', '{America/New_York}'),
('439', '{OH}', '{America/New_York}'),
('440', '{OH}', '{America/New_York}'),
('441', '{OH}', '{America/New_York}'),
('442', '{OH}', '{America/New_York}'),
('443', '{OH}', '{America/New_York}'),
('444', '{OH}', '{America/New_York}'),
('445', '{OH}', '{America/New_York}'),
('446', '{OH}', '{America/New_York}'),
('447', '{OH}', '{America/New_York}'),
('448', '{OH}', '{America/New_York}'),
('449', '{OH}', '{America/New_York}'),
('450', '{OH}', '{America/New_York}'),
('451', '{OH}', '{America/New_York}'),
('452', '{OH}', '{America/New_York}'),
('453', '{OH}', '{America/New_York}'),
('454', '{OH}', '{America/New_York}'),
('455', '{OH}', '{America/New_York}'),
('456', '{OH}', '{America/New_York}'),
('457', '{OH}', '{America/New_York}'),
('458', '{OH}', '{America/New_York}'),
('459', '{OH}', '{America/New_York}'),
('460', '{IN}', '{America/Indiana/Indianapolis}'),
('461', '{IN}', '{America/Indiana/Indianapolis}'),
('462', '{IN}', '{America/Indiana/Indianapolis}'),
('463', '{IN}', '{America/Chicago,America/Indiana/Knox}'),
('464', '{IN}', '{America/Chicago}'),
('465', '{IN}', '{America/Indiana/Indianapolis,America/Indiana/Knox}'),
('466', '{IN}', '{America/Indiana/Indianapolis}'),
('467', '{IN}', '{America/Indiana/Indianapolis}'),
('468', '{IN}', '{America/Indiana/Indianapolis}'),
('469', '{IN}', '{America/Indiana/Indianapolis,America/Indiana/Knox,America/Indiana/Winamac}'),
('470', '{IN}', '{America/Indiana/Indianapolis,America/Indiana/Vevay,America/New_York}'),
('471', '{IN}', '{America/Indiana/Indianapolis,America/Indiana/Marengo,America/Kentucky/Louisville}'),
('472', '{IN}', '{America/Indiana/Indianapolis}'),
('473', '{IN}', '{America/Indiana/Indianapolis}'),
('474', '{IN}', '{America/Indiana/Indianapolis}'),
('475', '{IN}', '{America/Chicago,America/Indiana/Petersburg,America/Indiana/Tell_City,America/Indiana/Vincennes}'),
('476', '{IN}', '{America/Chicago}'),
('477', '{IN}', '{America/Chicago}'),
('478', '{IN}', '{America/Indiana/Indianapolis}'),
('479', '{IN}', '{America/Chicago,America/Indiana/Indianapolis,America/Indiana/Winamac}'),
('480', '{MI}', '{America/Detroit}'),
('481', '{MI}', '{America/Detroit}'),
('482', '{MI}', '{America/Detroit}'),
('483', '{MI}', '{America/Detroit}'),
('484', '{MI}', '{America/Detroit}'),
('485', '{MI}', '{America/Detroit}'),
('486', '{MI}', '{America/Detroit}'),
('487', '{MI}', '{America/Detroit}'),
('488', '{MI}', '{America/Detroit}'),
('489', '{MI}', '{America/Detroit}'),
('490', '{MI}', '{America/Detroit}'),
('491', '{MI}', '{America/Detroit}'),
('492', '{MI}', '{America/Detroit}'),
('493', '{MI}', '{America/Detroit}'),
('494', '{MI}', '{America/Detroit}'),
('495', '{MI}', '{America/Detroit}'),
('496', '{MI}', '{America/Detroit}'),
('497', '{MI}', '{America/Detroit}'),
('498', '{MI}', '{America/Detroit,America/Menominee}'),
('499', '{MI}', '{America/Detroit,America/Menominee}'),
('500', '{IA}', '{America/Chicago}'),
('501', '{IA}', '{America/Chicago}'),
('502', '{IA}', '{America/Chicago}'),
('503', '{IA}', '{America/Chicago}'),
('504', '{IA}', '{America/Chicago}'),
('505', '{IA}', '{America/Chicago}'),
('506', '{IA}', '{America/Chicago}'),
('507', '{IA}', '{America/Chicago}'),
('508', '{IA}', '{America/Chicago}'),
('509', '{IA}', '{America/Chicago}'),
('510', '{IA}', '{America/Chicago}'),
('511', '{IA}', '{America/Chicago}'),
('512', '{IA}', '{America/Chicago}'),
('513', '{IA}', '{America/Chicago}'),
('514', '{IA}', '{America/Chicago}'),
('515', '{IA}', '{America/Chicago}'),
('516', '{IA}', '{America/Chicago}'),
('520', '{IA}', '{America/Chicago}'),
('521', '{IA}', '{America/Chicago}'),
('522', '{IA}', '{America/Chicago}'),
('523', '{IA}', '{America/Chicago}'),
('524', '{IA}', '{America/Chicago}'),
('525', '{IA}', '{America/Chicago}'),
('526', '{IA}', '{America/Chicago}'),
('527', '{IA}', '{America/Chicago}'),
('528', '{IA}', '{America/Chicago}'),
('530', '{WI}', '{America/Chicago}'),
('531', '{WI}', '{America/Chicago}'),
('532', '{WI}', '{America/Chicago}'),
('534', '{WI}', '{America/Chicago}'),
('535', '{WI}', '{America/Chicago}'),
('537', '{WI}', '{America/Chicago}'),
('538', '{WI}', '{America/Chicago}'),
('539', '{WI}', '{America/Chicago}'),
('540', '{WI}', '{America/Chicago}'),
('541', '{WI}', '{America/Chicago}'),
('542', '{WI}', '{America/Chicago}'),
('543', '{WI}', '{America/Chicago}'),
('544', '{WI}', '{America/Chicago}'),
('545', '{WI}', '{America/Chicago}'),
('546', '{WI}', '{America/Chicago}'),
('547', '{WI}', '{America/Chicago}'),
('548', '{WI}', '{America/Chicago}'),
('549', '{WI}', '{America/Chicago}'),
('550', '{MN}', '{America/Chicago}'),
('551', '{MN}', '{America/Chicago}'),
('553', '{MN}', '{America/Chicago}'),
('554', '{MN}', '{America/Chicago}'),
('555', '{MN}', '{America/Chicago}'),
('556', '{MN}', '{America/Chicago}'),
('557', '{MN}', '{America/Chicago}'),
('558', '{MN}', '{America/Chicago}'),
('559', '{MN}', '{America/Chicago}'),
('560', '{MN}', '{America/Chicago}'),
('561', '{MN}', '{America/Chicago}'),
('562', '{MN}', '{America/Chicago}'),
('563', '{MN}', '{America/Chicago}'),
('564', '{MN}', '{America/Chicago}'),
('565', '{MN}', '{America/Chicago}'),
('566', '{MN}', '{America/Chicago}'),
('567', '{MN}', '{America/Chicago}'),
('569', '{DC}', '{America/New_York}'),
('570', '{SD}', '{America/Chicago}'),
('571', '{SD}', '{America/Chicago}'),
('572', '{SD}', '{America/Chicago}'),
('573', '{SD}', '{America/Chicago}'),
('574', '{SD}', '{America/Chicago}'),
('575', '{SD}', '{America/Chicago,America/Denver}'),
('576', '{SD}', '{America/Chicago,America/Denver}'),
('577', '{SD}', '{America/Denver}'),
('580', '{ND}', '{America/Chicago}'),
('581', '{ND}', '{America/Chicago}'),
('582', '{ND}', '{America/Chicago}'),
('583', '{ND}', '{America/Chicago}'),
('584', '{ND}', '{America/Chicago}'),
('585', '{ND}', '{America/Chicago,America/Denver,America/North_Dakota/Beulah,America/North_Dakota/Center,America/North_Dakota/New_Salem}'),
('586', '{ND}', '{America/Denver,America/North_Dakota/New_Salem}'),
('587', '{ND}', '{America/Chicago}'),
('588', '{ND}', '{America/Chicago}'),
('590', '{MT}', '{America/Denver}'),
('591', '{MT}', '{America/Denver}'),
('592', '{MT}', '{America/Denver}'),
('593', '{MT}', '{America/Denver}'),
('594', '{MT}', '{America/Denver}'),
('595', '{MT}', '{America/Denver}'),
('596', '{MT}', '{America/Denver}'),
('597', '{MT}', '{America/Denver}'),
('598', '{MT}', '{America/Denver}'),
('599', '{MT}', '{America/Denver}'),
('600', '{IL}', '{America/Chicago}'),
('601', '{IL}', '{America/Chicago}'),
('602', '{IL}', '{America/Chicago}'),
('603', '{IL}', '{America/Chicago}'),
('604', '{IL}', '{America/Chicago}'),
('605', '{IL}', '{America/Chicago}'),
('606', '{IL}', '{America/Chicago}'),
('607', '{IL}', '{America/Chicago}'),
('608', '{IL}', '{America/Chicago}'),
('609', '{IL}', '{America/Chicago}'),
('610', '{IL}', '{America/Chicago}'),
('611', '{IL}', '{America/Chicago}'),
('612', '{IL}', '{America/Chicago}'),
('613', '{IL}', '{America/Chicago}'),
('614', '{IL}', '{America/Chicago}'),
('615', '{IL}', '{America/Chicago}'),
('616', '{IL}', '{America/Chicago}'),
('617', '{IL}', '{America/Chicago}'),
('618', '{IL}', '{America/Chicago}'),
('619', '{IL}', '{America/Chicago}'),
('620', '{IL}', '{America/Chicago}'),
('622', '{IL}', '{America/Chicago}'),
('623', '{IL}', '{America/Chicago}'),
('624', '{IL}', '{America/Chicago}'),
('625', '{IL}', '{America/Chicago}'),
('626', '{IL}', '{America/Chicago}'),
('627', '{IL}', '{America/Chicago}'),
('628', '{IL}', '{America/Chicago}'),
('629', '{IL}', '{America/Chicago}'),
('630', '{MO}', '{America/Chicago}'),
('631', '{MO}', '{America/Chicago}'),
('633', '{MO}', '{America/Chicago}'),
('634', '{MO}', '{America/Chicago}'),
('635', '{MO}', '{America/Chicago}'),
('636', '{MO}', '{America/Chicago}'),
('637', '{MO}', '{America/Chicago}'),
('638', '{MO}', '{America/Chicago}'),
('639', '{MO}', '{America/Chicago}'),
('640', '{MO}', '{America/Chicago}'),
('641', '{MO}', '{America/Chicago}'),
('644', '{MO}', '{America/Chicago}'),
('645', '{MO}', '{America/Chicago}'),
('646', '{MO}', '{America/Chicago}'),
('647', '{MO}', '{America/Chicago}'),
('648', '{MO}', '{America/Chicago}'),
('649', '{MO}', '{America/Chicago}'),
('650', '{MO}', '{America/Chicago}'),
('651', '{MO}', '{America/Chicago}'),
('652', '{MO}', '{America/Chicago}'),
('653', '{MO}', '{America/Chicago}'),
('654', '{MO}', '{America/Chicago}'),
('655', '{MO}', '{America/Chicago}'),
('656', '{MO}', '{America/Chicago}'),
('657', '{MO}', '{America/Chicago}'),
('658', '{MO}', '{America/Chicago}'),
('660', '{KS}', '{America/Chicago}'),
('661', '{KS}', '{America/Chicago}'),
('662', '{KS}', '{America/Chicago}'),
('664', '{KS}', '{America/Chicago}'),
('665', '{KS}', '{America/Chicago}'),
('666', '{KS}', '{America/Chicago}'),
('667', '{KS}', '{America/Chicago}'),
('668', '{KS}', '{America/Chicago}'),
('669', '{KS}', '{America/Chicago}'),
('670', '{KS}', '{America/Chicago}'),
('671', '{KS}', '{America/Chicago}'),
('672', '{KS}', '{America/Chicago}'),
('673', '{KS}', '{America/Chicago}'),
('674', '{KS}', '{America/Chicago}'),
('675', '{KS}', '{America/Chicago}'),
('676', '{KS}', '{America/Chicago}'),
('677', '{KS}', '{America/Chicago,America/Denver}'),
('678', '{KS}', '{America/Chicago,America/Denver}'),
('679', '{KS}', '{America/Chicago}'),
('680', '{NE}', '{America/Chicago}'),
('681', '{NE}', '{America/Chicago}'),
('683', '{NE}', '{America/Chicago}'),
('684', '{NE}', '{America/Chicago}'),
('685', '{NE}', '{America/Chicago}'),
('686', '{NE}', '{America/Chicago}'),
('687', '{NE}', '{America/Chicago}'),
('688', '{NE}', '{America/Chicago}'),
('689', '{NE}', '{America/Chicago}'),
('690', '{NE}', '{America/Chicago,America/Denver}'),
('691', '{NE}', '{America/Chicago,America/Denver}'),
('692', '{NE}', '{America/Chicago,America/Denver}'),
('693', '{NE}', '{America/Denver}'),
('700', '{LA}', '{America/Chicago}'),
('701', '{LA}', '{America/Chicago}'),
('703', '{LA}', '{America/Chicago}'),
('704', '{LA}', '{America/Chicago}'),
('705', '{LA}', '{America/Chicago}'),
('706', '{LA}', '{America/Chicago}'),
('707', '{LA}', '{America/Chicago}'),
('708', '{LA}', '{America/Chicago}'),
('710', '{LA}', '{America/Chicago}'),
('711', '{LA}', '{America/Chicago}'),
('712', '{LA}', '{America/Chicago}'),
('713', '{LA}', '{America/Chicago}'),
('714', '{LA}', '{America/Chicago}'),
('716', '{AR}', '{America/Chicago}'),
('717', '{AR}', '{America/Chicago}'),
('718', '{AR}', '{America/Chicago}'),
('719', '{AR}', '{America/Chicago}'),
('720', '{AR}', '{America/Chicago}'),
('721', '{AR}', '{America/Chicago}'),
('722', '{AR}', '{America/Chicago}'),
('723', '{AR}', '{America/Chicago}'),
('724', '{AR}', '{America/Chicago}'),
('725', '{AR}', '{America/Chicago}'),
('726', '{AR,MO}', '{America/Chicago}'),
('727', '{AR}', '{America/Chicago}'),
('728', '{AR}', '{America/Chicago}'),
('729', '{AR}', '{America/Chicago}'),
('730', '{OK}', '{America/Chicago}'),
('731', '{OK}', '{America/Chicago}'),
('733', '{TX}', '{America/Chicago}'),
('734', '{OK}', '{America/Chicago}'),
('735', '{OK}', '{America/Chicago}'),
('736', '{OK}', '{America/Chicago}'),
('737', '{OK}', '{America/Chicago}'),
('738', '{OK}', '{America/Chicago}'),
('739', '{OK,TX}', '{America/Chicago}'),
('740', '{OK}', '{America/Chicago}'),
('741', '{OK}', '{America/Chicago}'),
('743', '{OK}', '{America/Chicago}'),
('744', '{OK}', '{America/Chicago}'),
('745', '{OK}', '{America/Chicago}'),
('746', '{OK}', '{America/Chicago}'),
('747', '{OK}', '{America/Chicago}'),
('748', '{OK}', '{America/Chicago}'),
('749', '{OK}', '{America/Chicago}'),
('750', '{TX}', '{America/Chicago}'),
('751', '{TX}', '{America/Chicago}'),
('752', '{TX}', '{America/Chicago}'),
('753', '{TX}', '{America/Chicago}'),
('754', '{TX}', '{America/Chicago}'),
('755', '{TX}', '{America/Chicago}'),
('756', '{TX}', '{America/Chicago}'),
('757', '{TX}', '{America/Chicago}'),
('758', '{TX}', '{America/Chicago}'),
('759', '{TX}', '{America/Chicago}'),
('760', '{TX}', '{America/Chicago}'),
('761', '{TX}', '{America/Chicago}'),
('762', '{TX}', '{America/Chicago}'),
('763', '{TX}', '{America/Chicago}'),
('764', '{TX}', '{America/Chicago}'),
('765', '{TX}', '{America/Chicago}'),
('766', '{TX}', '{America/Chicago}'),
('767', '{TX}', '{America/Chicago}'),
('768', '{TX}', '{America/Chicago}'),
('769', '{TX}', '{America/Chicago}'),
('770', '{TX}', '{America/Chicago}'),
('772', '{TX}', '{America/Chicago}'),
('773', '{TX}', '{America/Chicago}'),
('774', '{TX}', '{America/Chicago}'),
('775', '{TX}', '{America/Chicago}'),
('776', '{TX}', '{America/Chicago}'),
('777', '{TX}', '{America/Chicago}'),
('778', '{TX}', '{America/Chicago}'),
('779', '{TX}', '{America/Chicago}'),
('780', '{TX}', '{America/Chicago}'),
('781', '{TX}', '{America/Chicago}'),
('782', '{TX}', '{America/Chicago}'),
('783', '{TX}', '{America/Chicago}'),
('784', '{TX}', '{America/Chicago}'),
('785', '{TX}', '{America/Chicago}'),
('786', '{TX}', '{America/Chicago}'),
('787', '{TX}', '{America/Chicago}'),
('788', '{TX}', '{America/Chicago}'),
('789', '{TX}', '{America/Chicago}'),
('790', '{TX}', '{America/Chicago}'),
('791', '{TX}', '{America/Chicago}'),
('792', '{TX}', '{America/Chicago}'),
('793', '{TX}', '{America/Chicago}'),
('794', '{TX}', '{America/Chicago}'),
('795', '{TX}', '{America/Chicago}'),
('796', '{TX}', '{America/Chicago}'),
('797', '{TX}', '{America/Chicago}'),
('798', '{TX}', '{America/Chicago,America/Denver}'),
('799', '{TX}', '{America/Chicago,America/Denver}'),
('800', '{CO}', '{America/Denver}'),
('801', '{CO}', '{America/Denver}'),
('802', '{CO}', '{America/Denver}'),
('803', '{CO}', '{America/Denver}'),
('804', '{CO}', '{America/Denver}'),
('805', '{CO}', '{America/Denver}'),
('806', '{CO}', '{America/Denver}'),
('807', '{CO}', '{America/Denver}'),
('808', '{CO}', '{America/Denver}'),
('809', '{CO}', '{America/Denver}'),
('810', '{CO}', '{America/Denver}'),
('811', '{CO}', '{America/Denver}'),
('812', '{CO}', '{America/Denver}'),
('813', '{CO}', '{America/Denver}'),
('814', '{CO}', '{America/Denver}'),
('815', '{CO}', '{America/Denver}'),
('816', '{CO}', '{America/Denver}'),
('820', '{WY}', '{America/Denver}'),
('821', '{WY}', '{America/Denver}'),
('822', '{WY}', '{America/Denver}'),
('823', '{WY}', '{America/Denver}'),
('824', '{WY}', '{America/Denver}'),
('825', '{WY}', '{America/Denver}'),
('826', '{WY}', '{America/Denver}'),
('827', '{WY}', '{America/Denver}'),
('828', '{WY}', '{America/Denver}'),
('829', '{WY}', '{America/Denver}'),
('830', '{WY}', '{America/Denver}'),
('831', '{WY}', '{America/Denver}'),
('832', '{ID}', '{America/Boise}'),
('833', '{ID}', '{America/Boise}'),
('834', '{ID,WY}', '{America/Boise,America/Denver}'),
('835', '{ID}', '{America/Boise,America/Los_Angeles}'),
('836', '{ID}', '{America/Boise}'),
('837', '{ID}', '{America/Boise}'),
('838', '{ID}', '{America/Los_Angeles}'),
('840', '{UT}', '{America/Denver}'),
('841', '{UT}', '{America/Denver}'),
('842', '{UT}', '{America/Denver}'),
('843', '{UT}', '{America/Denver}'),
('844', '{UT}', '{America/Denver}'),
('845', '{UT}', '{America/Denver}'),
('846', '{UT}', '{America/Denver}'),
('847', '{UT}', '{America/Denver}'),
('850', '{AZ}', '{America/Phoenix}'),
('851', '{AZ}', '{America/Phoenix}'),
('852', '{AZ}', '{America/Phoenix}'),
('853', '{AZ}', '{America/Phoenix}'),
('855', '{AZ}', '{America/Phoenix}'),
('856', '{AZ}', '{America/Phoenix}'),
('857', '{AZ}', '{America/Phoenix}'),
('859', '{AZ}', '{America/Phoenix}'),
('860', '{AZ}', '{America/Denver,America/Phoenix}'),
('863', '{AZ}', '{America/Phoenix}'),
('864', '{AZ}', '{America/Phoenix}'),
('865', '{AZ}', '{America/Denver,America/Phoenix}'),
('870', '{NM}', '{America/Denver}'),
('871', '{NM}', '{America/Denver}'),
('873', '{NM}', '{America/Denver}'),
('874', '{NM}', '{America/Denver}'),
('875', '{NM}', '{America/Denver}'),
('876', '{NM}', '{America/Denver}'),
('877', '{NM}', '{America/Denver}'),
('878', '{NM}', '{America/Denver}'),
('879', '{NM}', '{America/Denver}'),
('880', '{NM}', '{America/Denver}'),
('881', '{NM}', '{America/Denver}'),
('882', '{NM}', '{America/Denver}'),
('883', '{NM}', '{America/Denver}'),
('884', '{NM}', '{America/Denver}'),
('885', '{TX}', '{America/Denver}'),
('888', '{DC}', '{America/New_York}'),
('889', '{NV}', '{America/Los_Angeles}'),
('890', '{NV}', '{America/Los_Angeles}'),
('891', '{NV}', '{America/Los_Angeles}'),
('893', '{NV}', '{America/Los_Angeles}'),
('894', '{NV}', '{America/Los_Angeles}'),
('895', '{NV}', '{America/Los_Angeles}'),
('897', '{NV}', '{America/Los_Angeles}'),
('898', '{NV}', '{America/Los_Angeles}'),
('900', '{CA}', '{America/Los_Angeles}'),
('901', '{CA}', '{America/Los_Angeles}'),
('902', '{CA}', '{America/Los_Angeles}'),
('903', '{CA}', '{America/Los_Angeles}'),
('904', '{CA}', '{America/Los_Angeles}'),
('905', '{CA}', '{America/Los_Angeles}'),
('906', '{CA}', '{America/Los_Angeles}'),
('907', '{CA}', '{America/Los_Angeles}'),
('908', '{CA}', '{America/Los_Angeles}'),
('910', '{CA}', '{America/Los_Angeles}'),
('911', '{CA}', '{America/Los_Angeles}'),
('912', '{CA}', '{America/Los_Angeles}'),
('913', '{CA}', '{America/Los_Angeles}'),
('914', '{CA}', '{America/Los_Angeles}'),
('915', '{CA}', '{America/Los_Angeles}'),
('916', '{CA}', '{America/Los_Angeles}'),
('917', '{CA}', '{America/Los_Angeles}'),
('918', '{CA}', '{America/Los_Angeles}'),
('919', '{CA}', '{America/Los_Angeles}'),
('920', '{CA}', '{America/Los_Angeles}'),
('921', '{CA}', '{America/Los_Angeles}'),
('922', '{CA}', '{America/Los_Angeles}'),
('923', '{CA}', '{America/Los_Angeles}'),
('924', '{CA}', '{America/Los_Angeles}'),
('925', '{CA}', '{America/Los_Angeles}'),
('926', '{CA}', '{America/Los_Angeles}'),
('927', '{CA}', '{America/Los_Angeles}'),
('928', '{CA}', '{America/Los_Angeles}'),
('930', '{CA}', '{America/Los_Angeles}'),
('931', '{CA}', '{America/Los_Angeles}'),
('932', '{CA}', '{America/Los_Angeles}'),
('933', '{CA}', '{America/Los_Angeles}'),
('934', '{CA}', '{America/Los_Angeles}'),
('935', '{CA}', '{America/Los_Angeles}'),
('936', '{CA}', '{America/Los_Angeles}'),
('937', '{CA}', '{America/Los_Angeles}'),
('938', '{CA}', '{America/Los_Angeles}'),
('939', '{CA}', '{America/Los_Angeles}'),
('940', '{CA}', '{America/Los_Angeles}'),
('941', '{CA}', '{America/Los_Angeles}'),
('942', '{CA}', '{America/Los_Angeles}'),
('943', '{CA}', '{America/Los_Angeles}'),
('944', '{CA}', '{America/Los_Angeles}'),
('945', '{CA}', '{America/Los_Angeles}'),
('946', '{CA}', '{America/Los_Angeles}'),
('947', '{CA}', '{America/Los_Angeles}'),
('948', '{CA}', '{America/Los_Angeles}'),
('949', '{CA}', '{America/Los_Angeles}'),
('950', '{CA}', '{America/Los_Angeles}'),
('951', '{CA}', '{America/Los_Angeles}'),
('952', '{CA}', '{America/Los_Angeles}'),
('953', '{CA}', '{America/Los_Angeles}'),
('954', '{CA}', '{America/Los_Angeles}'),
('955', '{CA}', '{America/Los_Angeles}'),
('956', '{CA}', '{America/Los_Angeles}'),
('957', '{CA}', '{America/Los_Angeles}'),
('958', '{CA}', '{America/Los_Angeles}'),
('959', '{CA}', '{America/Los_Angeles}'),
('960', '{CA}', '{America/Los_Angeles}'),
('961', '{CA}', '{America/Los_Angeles}'),
('967', '{AS,HI}', '{Pacific/Honolulu,Pacific/Pago_Pago}'),
('968', '{HI}', '{Pacific/Honolulu}'),
('969', '{FM,GU,MH,MP,PW}', '{Pacific/Chuuk,Pacific/Guam,Pacific/Majuro,Pacific/Palau,Pacific/Saipan}'),
('970', '{OR}', '{America/Los_Angeles}'),
('971', '{OR}', '{America/Los_Angeles}'),
('972', '{OR}', '{America/Los_Angeles}'),
('973', '{OR}', '{America/Los_Angeles}'),
('974', '{OR}', '{America/Los_Angeles}'),
('975', '{OR}', '{America/Los_Angeles}'),
('976', '{OR}', '{America/Los_Angeles}'),
('977', '{OR}', '{America/Los_Angeles}'),
('978', '{OR}', '{America/Los_Angeles}'),
('979', '{OR}', '{America/Boise,America/Los_Angeles}'),
('980', '{WA}', '{America/Los_Angeles}'),
('981', '{WA}', '{America/Los_Angeles}'),
('982', '{WA}', '{America/Los_Angeles}'),
('983', '{WA}', '{America/Los_Angeles}'),
('984', '{WA}', '{America/Los_Angeles}'),
('985', '{WA}', '{America/Los_Angeles}'),
('986', '{WA}', '{America/Los_Angeles}'),
('988', '{WA}', '{America/Los_Angeles}'),
('989', '{WA}', '{America/Los_Angeles}'),
('990', '{WA}', '{America/Los_Angeles}'),
('991', '{WA}', '{America/Los_Angeles}'),
('992', '{WA}', '{America/Los_Angeles}'),
('993', '{WA}', '{America/Los_Angeles}'),
('994', '{WA}', '{America/Los_Angeles}'),
('995', '{AK}', '{America/Adak,America/Anchorage,America/Nome}'),
('996', '{AK}', '{America/Anchorage,America/Nome,America/Yakutat}'),
('997', '{AK}', '{America/Anchorage,America/Nome}'),
('998', '{AK}', '{America/Juneau,America/Sitka}'),
('999', '{AK}', '{America/Juneau,America/Metlakatla,America/Sitka}')
on conflict (prefix) do update set
  regions = excluded.regions,
  timezones = excluded.timezones;

-- sql/60_reference/simulated_outcomes.sql
-- Shares as home-service campaigns see them, roughly; a script is there for whoever wants to be exact.
insert into reference.simulated_outcomes (node_type, awaits_reply, outcome, weight, takes)
select s.node_type::public.node_type, s.awaits_reply, s.outcome::public.job_outcome, s.weight, s.takes
from (
  values
  ('call', false, 'booked', 12, interval '4 minutes'),
  ('call', false, 'answered', 28, interval '2 minutes'),
  ('call', false, 'voicemail', 24, interval '40 seconds'),
  ('call', false, 'no_answer', 22, interval '40 seconds'),
  ('call', false, 'busy', 6, interval '10 seconds'),
  ('call', false, 'opted_out', 4, interval '1 minute'),
  ('call', false, 'failed', 4, interval '5 seconds'),
  ('text', false, 'delivered', 90, interval '5 seconds'),
  ('text', false, 'undeliverable', 6, interval '5 seconds'),
  ('text', false, 'opted_out', 2, interval '5 seconds'),
  ('text', false, 'failed', 2, interval '5 seconds'),
  ('text', true, 'no_reply', 58, null),
  ('text', true, 'replied', 24, interval '12 minutes'),
  ('text', true, 'booked', 4, interval '20 minutes'),
  ('text', true, 'opted_in', 1, interval '12 minutes'),
  ('text', true, 'opted_out', 5, interval '12 minutes'),
  ('text', true, 'undeliverable', 6, interval '5 seconds'),
  ('text', true, 'failed', 2, interval '5 seconds')
) as s (node_type, awaits_reply, outcome, weight, takes)
on conflict (node_type, awaits_reply, outcome) do update set weight = excluded.weight, takes = excluded.takes;

-- sql/60_reference/template_variables.sql
-- Filled in by the engine right before a text is sent.
insert into reference.template_variables (name, meaning, example) values
('first_name', 'First name of the contact.', 'Dana'),
('last_name', 'Last name of the contact.', 'Reyes'),
('full_name', 'First and last name, as far as they are known.', 'Dana Reyes'),
('team_name', 'Name of the team that sends.', 'Acme Plumbing'),
('phone', 'Number that the text goes to, in E.164.', '+12025550123'),
('email', 'E-mail address of the contact.', 'dana@example.com'),
('postal_code', 'Postal code of the contact.', '20500'),
('appointment_date', 'Date of the appointment that put the contact on the list, in the contact''s zone.', 'Tuesday, March 3'),
('appointment_time', 'Its time of day, in the contact''s zone.', '9:30 AM')
on conflict (name) do update set meaning = excluded.meaning, example = excluded.example;

-- sql/60_reference/timezones.sql
-- Spellings of time zones, from the IANA database (public domain). Written by tests/support/reference_rows.py.
insert into reference.timezones (spelling, timezone) values
('africa/abidjan', 'Africa/Abidjan'),
('africa/accra', 'Africa/Accra'),
('africa/addis_ababa', 'Africa/Addis_Ababa'),
('africa/algiers', 'Africa/Algiers'),
('africa/asmara', 'Africa/Asmara'),
('africa/asmera', 'Africa/Nairobi'),
('africa/bamako', 'Africa/Bamako'),
('africa/bangui', 'Africa/Bangui'),
('africa/banjul', 'Africa/Banjul'),
('africa/bissau', 'Africa/Bissau'),
('africa/blantyre', 'Africa/Blantyre'),
('africa/brazzaville', 'Africa/Brazzaville'),
('africa/bujumbura', 'Africa/Bujumbura'),
('africa/cairo', 'Africa/Cairo'),
('africa/casablanca', 'Africa/Casablanca'),
('africa/ceuta', 'Africa/Ceuta'),
('africa/conakry', 'Africa/Conakry'),
('africa/dakar', 'Africa/Dakar'),
('africa/dar_es_salaam', 'Africa/Dar_es_Salaam'),
('africa/djibouti', 'Africa/Djibouti'),
('africa/douala', 'Africa/Douala'),
('africa/el_aaiun', 'Africa/El_Aaiun'),
('africa/freetown', 'Africa/Freetown'),
('africa/gaborone', 'Africa/Gaborone'),
('africa/harare', 'Africa/Harare'),
('africa/johannesburg', 'Africa/Johannesburg'),
('africa/juba', 'Africa/Juba'),
('africa/kampala', 'Africa/Kampala'),
('africa/khartoum', 'Africa/Khartoum'),
('africa/kigali', 'Africa/Kigali'),
('africa/kinshasa', 'Africa/Kinshasa'),
('africa/lagos', 'Africa/Lagos'),
('africa/libreville', 'Africa/Libreville'),
('africa/lome', 'Africa/Lome'),
('africa/luanda', 'Africa/Luanda'),
('africa/lubumbashi', 'Africa/Lubumbashi'),
('africa/lusaka', 'Africa/Lusaka'),
('africa/malabo', 'Africa/Malabo'),
('africa/maputo', 'Africa/Maputo'),
('africa/maseru', 'Africa/Maseru'),
('africa/mbabane', 'Africa/Mbabane'),
('africa/mogadishu', 'Africa/Mogadishu'),
('africa/monrovia', 'Africa/Monrovia'),
('africa/nairobi', 'Africa/Nairobi'),
('africa/ndjamena', 'Africa/Ndjamena'),
('africa/niamey', 'Africa/Niamey'),
('africa/nouakchott', 'Africa/Nouakchott'),
('africa/ouagadougou', 'Africa/Ouagadougou'),
('africa/porto-novo', 'Africa/Porto-Novo'),
('africa/sao_tome', 'Africa/Sao_Tome'),
('africa/timbuktu', 'Africa/Abidjan'),
('africa/tripoli', 'Africa/Tripoli'),
('africa/tunis', 'Africa/Tunis'),
('africa/windhoek', 'Africa/Windhoek'),
('akdt', 'America/Anchorage'),
('akst', 'America/Anchorage'),
('alaska', 'America/Anchorage'),
('alaska time', 'America/Anchorage'),
('alaskan standard time', 'America/Anchorage'),
('america/adak', 'America/Adak'),
('america/anchorage', 'America/Anchorage'),
('america/anguilla', 'America/Anguilla'),
('america/antigua', 'America/Antigua'),
('america/araguaina', 'America/Araguaina'),
('america/argentina/buenos_aires', 'America/Argentina/Buenos_Aires'),
('america/argentina/catamarca', 'America/Argentina/Catamarca'),
('america/argentina/comodrivadavia', 'America/Argentina/Catamarca'),
('america/argentina/cordoba', 'America/Argentina/Cordoba'),
('america/argentina/jujuy', 'America/Argentina/Jujuy'),
('america/argentina/la_rioja', 'America/Argentina/La_Rioja'),
('america/argentina/mendoza', 'America/Argentina/Mendoza'),
('america/argentina/rio_gallegos', 'America/Argentina/Rio_Gallegos'),
('america/argentina/salta', 'America/Argentina/Salta'),
('america/argentina/san_juan', 'America/Argentina/San_Juan'),
('america/argentina/san_luis', 'America/Argentina/San_Luis'),
('america/argentina/tucuman', 'America/Argentina/Tucuman'),
('america/argentina/ushuaia', 'America/Argentina/Ushuaia'),
('america/aruba', 'America/Aruba'),
('america/asuncion', 'America/Asuncion'),
('america/atikokan', 'America/Atikokan'),
('america/atka', 'America/Adak'),
('america/bahia', 'America/Bahia'),
('america/bahia_banderas', 'America/Bahia_Banderas'),
('america/barbados', 'America/Barbados'),
('america/belem', 'America/Belem'),
('america/belize', 'America/Belize'),
('america/blanc-sablon', 'America/Blanc-Sablon'),
('america/boa_vista', 'America/Boa_Vista'),
('america/bogota', 'America/Bogota'),
('america/boise', 'America/Boise'),
('america/buenos_aires', 'America/Argentina/Buenos_Aires'),
('america/cambridge_bay', 'America/Cambridge_Bay'),
('america/campo_grande', 'America/Campo_Grande'),
('america/cancun', 'America/Cancun'),
('america/caracas', 'America/Caracas'),
('america/catamarca', 'America/Argentina/Catamarca'),
('america/cayenne', 'America/Cayenne'),
('america/cayman', 'America/Cayman'),
('america/chicago', 'America/Chicago'),
('america/chihuahua', 'America/Chihuahua'),
('america/ciudad_juarez', 'America/Ciudad_Juarez'),
('america/coral_harbour', 'America/Panama'),
('america/cordoba', 'America/Argentina/Cordoba'),
('america/costa_rica', 'America/Costa_Rica'),
('america/coyhaique', 'America/Coyhaique'),
('america/creston', 'America/Creston'),
('america/cuiaba', 'America/Cuiaba'),
('america/curacao', 'America/Curacao'),
('america/danmarkshavn', 'America/Danmarkshavn'),
('america/dawson', 'America/Dawson'),
('america/dawson_creek', 'America/Dawson_Creek'),
('america/denver', 'America/Denver'),
('america/detroit', 'America/Detroit'),
('america/dominica', 'America/Dominica'),
('america/edmonton', 'America/Edmonton'),
('america/eirunepe', 'America/Eirunepe'),
('america/el_salvador', 'America/El_Salvador'),
('america/ensenada', 'America/Tijuana'),
('america/fort_nelson', 'America/Fort_Nelson'),
('america/fort_wayne', 'America/Indiana/Indianapolis'),
('america/fortaleza', 'America/Fortaleza'),
('america/glace_bay', 'America/Glace_Bay'),
('america/godthab', 'America/Nuuk'),
('america/goose_bay', 'America/Goose_Bay'),
('america/grand_turk', 'America/Grand_Turk'),
('america/grenada', 'America/Grenada'),
('america/guadeloupe', 'America/Guadeloupe'),
('america/guatemala', 'America/Guatemala'),
('america/guayaquil', 'America/Guayaquil'),
('america/guyana', 'America/Guyana'),
('america/halifax', 'America/Halifax'),
('america/havana', 'America/Havana'),
('america/hermosillo', 'America/Hermosillo'),
('america/indiana/indianapolis', 'America/Indiana/Indianapolis'),
('america/indiana/knox', 'America/Indiana/Knox'),
('america/indiana/marengo', 'America/Indiana/Marengo'),
('america/indiana/petersburg', 'America/Indiana/Petersburg'),
('america/indiana/tell_city', 'America/Indiana/Tell_City'),
('america/indiana/vevay', 'America/Indiana/Vevay'),
('america/indiana/vincennes', 'America/Indiana/Vincennes'),
('america/indiana/winamac', 'America/Indiana/Winamac'),
('america/indianapolis', 'America/Indiana/Indianapolis'),
('america/inuvik', 'America/Inuvik'),
('america/iqaluit', 'America/Iqaluit'),
('america/jamaica', 'America/Jamaica'),
('america/jujuy', 'America/Argentina/Jujuy'),
('america/juneau', 'America/Juneau'),
('america/kentucky/louisville', 'America/Kentucky/Louisville'),
('america/kentucky/monticello', 'America/Kentucky/Monticello'),
('america/knox_in', 'America/Indiana/Knox'),
('america/kralendijk', 'America/Kralendijk'),
('america/la_paz', 'America/La_Paz'),
('america/lima', 'America/Lima'),
('america/los_angeles', 'America/Los_Angeles'),
('america/louisville', 'America/Kentucky/Louisville'),
('america/lower_princes', 'America/Lower_Princes'),
('america/maceio', 'America/Maceio'),
('america/managua', 'America/Managua'),
('america/manaus', 'America/Manaus'),
('america/marigot', 'America/Marigot'),
('america/martinique', 'America/Martinique'),
('america/matamoros', 'America/Matamoros'),
('america/mazatlan', 'America/Mazatlan'),
('america/mendoza', 'America/Argentina/Mendoza'),
('america/menominee', 'America/Menominee'),
('america/merida', 'America/Merida'),
('america/metlakatla', 'America/Metlakatla'),
('america/mexico_city', 'America/Mexico_City'),
('america/miquelon', 'America/Miquelon'),
('america/moncton', 'America/Moncton'),
('america/monterrey', 'America/Monterrey'),
('america/montevideo', 'America/Montevideo'),
('america/montreal', 'America/Toronto'),
('america/montserrat', 'America/Montserrat'),
('america/nassau', 'America/Nassau'),
('america/new_york', 'America/New_York'),
('america/nipigon', 'America/Toronto'),
('america/nome', 'America/Nome'),
('america/noronha', 'America/Noronha'),
('america/north_dakota/beulah', 'America/North_Dakota/Beulah'),
('america/north_dakota/center', 'America/North_Dakota/Center'),
('america/north_dakota/new_salem', 'America/North_Dakota/New_Salem'),
('america/nuuk', 'America/Nuuk'),
('america/ojinaga', 'America/Ojinaga'),
('america/panama', 'America/Panama'),
('america/pangnirtung', 'America/Iqaluit'),
('america/paramaribo', 'America/Paramaribo'),
('america/phoenix', 'America/Phoenix'),
('america/port-au-prince', 'America/Port-au-Prince'),
('america/port_of_spain', 'America/Port_of_Spain'),
('america/porto_acre', 'America/Rio_Branco'),
('america/porto_velho', 'America/Porto_Velho'),
('america/puerto_rico', 'America/Puerto_Rico'),
('america/punta_arenas', 'America/Punta_Arenas'),
('america/rainy_river', 'America/Winnipeg'),
('america/rankin_inlet', 'America/Rankin_Inlet'),
('america/recife', 'America/Recife'),
('america/regina', 'America/Regina'),
('america/resolute', 'America/Resolute'),
('america/rio_branco', 'America/Rio_Branco'),
('america/rosario', 'America/Argentina/Cordoba'),
('america/santa_isabel', 'America/Tijuana'),
('america/santarem', 'America/Santarem'),
('america/santiago', 'America/Santiago'),
('america/santo_domingo', 'America/Santo_Domingo'),
('america/sao_paulo', 'America/Sao_Paulo'),
('america/scoresbysund', 'America/Scoresbysund'),
('america/shiprock', 'America/Denver'),
('america/sitka', 'America/Sitka'),
('america/st_barthelemy', 'America/St_Barthelemy'),
('america/st_johns', 'America/St_Johns'),
('america/st_kitts', 'America/St_Kitts'),
('america/st_lucia', 'America/St_Lucia'),
('america/st_thomas', 'America/St_Thomas'),
('america/st_vincent', 'America/St_Vincent'),
('america/swift_current', 'America/Swift_Current'),
('america/tegucigalpa', 'America/Tegucigalpa'),
('america/thule', 'America/Thule'),
('america/thunder_bay', 'America/Toronto'),
('america/tijuana', 'America/Tijuana'),
('america/toronto', 'America/Toronto'),
('america/tortola', 'America/Tortola'),
('america/vancouver', 'America/Vancouver'),
('america/virgin', 'America/Puerto_Rico'),
('america/whitehorse', 'America/Whitehorse'),
('america/winnipeg', 'America/Winnipeg'),
('america/yakutat', 'America/Yakutat'),
('america/yellowknife', 'America/Edmonton'),
('antarctica/casey', 'Antarctica/Casey'),
('antarctica/davis', 'Antarctica/Davis'),
('antarctica/dumontdurville', 'Antarctica/DumontDUrville'),
('antarctica/macquarie', 'Antarctica/Macquarie'),
('antarctica/mawson', 'Antarctica/Mawson'),
('antarctica/mcmurdo', 'Antarctica/McMurdo'),
('antarctica/palmer', 'Antarctica/Palmer'),
('antarctica/rothera', 'Antarctica/Rothera'),
('antarctica/south_pole', 'Pacific/Auckland'),
('antarctica/syowa', 'Antarctica/Syowa'),
('antarctica/troll', 'Antarctica/Troll'),
('antarctica/vostok', 'Antarctica/Vostok'),
('arctic/longyearbyen', 'Arctic/Longyearbyen'),
('arizona', 'America/Phoenix'),
('asia/aden', 'Asia/Aden'),
('asia/almaty', 'Asia/Almaty'),
('asia/amman', 'Asia/Amman'),
('asia/anadyr', 'Asia/Anadyr'),
('asia/aqtau', 'Asia/Aqtau'),
('asia/aqtobe', 'Asia/Aqtobe'),
('asia/ashgabat', 'Asia/Ashgabat'),
('asia/ashkhabad', 'Asia/Ashgabat'),
('asia/atyrau', 'Asia/Atyrau'),
('asia/baghdad', 'Asia/Baghdad'),
('asia/bahrain', 'Asia/Bahrain'),
('asia/baku', 'Asia/Baku'),
('asia/bangkok', 'Asia/Bangkok'),
('asia/barnaul', 'Asia/Barnaul'),
('asia/beirut', 'Asia/Beirut'),
('asia/bishkek', 'Asia/Bishkek'),
('asia/brunei', 'Asia/Brunei'),
('asia/calcutta', 'Asia/Kolkata'),
('asia/chita', 'Asia/Chita'),
('asia/choibalsan', 'Asia/Ulaanbaatar'),
('asia/chongqing', 'Asia/Shanghai'),
('asia/chungking', 'Asia/Shanghai'),
('asia/colombo', 'Asia/Colombo'),
('asia/dacca', 'Asia/Dhaka'),
('asia/damascus', 'Asia/Damascus'),
('asia/dhaka', 'Asia/Dhaka'),
('asia/dili', 'Asia/Dili'),
('asia/dubai', 'Asia/Dubai'),
('asia/dushanbe', 'Asia/Dushanbe'),
('asia/famagusta', 'Asia/Famagusta'),
('asia/gaza', 'Asia/Gaza'),
('asia/harbin', 'Asia/Shanghai'),
('asia/hebron', 'Asia/Hebron'),
('asia/ho_chi_minh', 'Asia/Ho_Chi_Minh'),
('asia/hong_kong', 'Asia/Hong_Kong'),
('asia/hovd', 'Asia/Hovd'),
('asia/irkutsk', 'Asia/Irkutsk'),
('asia/istanbul', 'Europe/Istanbul'),
('asia/jakarta', 'Asia/Jakarta'),
('asia/jayapura', 'Asia/Jayapura'),
('asia/jerusalem', 'Asia/Jerusalem'),
('asia/kabul', 'Asia/Kabul'),
('asia/kamchatka', 'Asia/Kamchatka'),
('asia/karachi', 'Asia/Karachi'),
('asia/kashgar', 'Asia/Urumqi'),
('asia/kathmandu', 'Asia/Kathmandu'),
('asia/katmandu', 'Asia/Kathmandu'),
('asia/khandyga', 'Asia/Khandyga'),
('asia/kolkata', 'Asia/Kolkata'),
('asia/krasnoyarsk', 'Asia/Krasnoyarsk'),
('asia/kuala_lumpur', 'Asia/Kuala_Lumpur'),
('asia/kuching', 'Asia/Kuching'),
('asia/kuwait', 'Asia/Kuwait'),
('asia/macao', 'Asia/Macau'),
('asia/macau', 'Asia/Macau'),
('asia/magadan', 'Asia/Magadan'),
('asia/makassar', 'Asia/Makassar'),
('asia/manila', 'Asia/Manila'),
('asia/muscat', 'Asia/Muscat'),
('asia/nicosia', 'Asia/Nicosia'),
('asia/novokuznetsk', 'Asia/Novokuznetsk'),
('asia/novosibirsk', 'Asia/Novosibirsk'),
('asia/omsk', 'Asia/Omsk'),
('asia/oral', 'Asia/Oral'),
('asia/phnom_penh', 'Asia/Phnom_Penh'),
('asia/pontianak', 'Asia/Pontianak'),
('asia/pyongyang', 'Asia/Pyongyang'),
('asia/qatar', 'Asia/Qatar'),
('asia/qostanay', 'Asia/Qostanay'),
('asia/qyzylorda', 'Asia/Qyzylorda'),
('asia/rangoon', 'Asia/Yangon'),
('asia/riyadh', 'Asia/Riyadh'),
('asia/saigon', 'Asia/Ho_Chi_Minh'),
('asia/sakhalin', 'Asia/Sakhalin'),
('asia/samarkand', 'Asia/Samarkand'),
('asia/seoul', 'Asia/Seoul'),
('asia/shanghai', 'Asia/Shanghai'),
('asia/singapore', 'Asia/Singapore'),
('asia/srednekolymsk', 'Asia/Srednekolymsk'),
('asia/taipei', 'Asia/Taipei'),
('asia/tashkent', 'Asia/Tashkent'),
('asia/tbilisi', 'Asia/Tbilisi'),
('asia/tehran', 'Asia/Tehran'),
('asia/tel_aviv', 'Asia/Jerusalem'),
('asia/thimbu', 'Asia/Thimphu'),
('asia/thimphu', 'Asia/Thimphu'),
('asia/tokyo', 'Asia/Tokyo'),
('asia/tomsk', 'Asia/Tomsk'),
('asia/ujung_pandang', 'Asia/Makassar'),
('asia/ulaanbaatar', 'Asia/Ulaanbaatar'),
('asia/ulan_bator', 'Asia/Ulaanbaatar'),
('asia/urumqi', 'Asia/Urumqi'),
('asia/ust-nera', 'Asia/Ust-Nera'),
('asia/vientiane', 'Asia/Vientiane'),
('asia/vladivostok', 'Asia/Vladivostok'),
('asia/yakutsk', 'Asia/Yakutsk'),
('asia/yangon', 'Asia/Yangon'),
('asia/yekaterinburg', 'Asia/Yekaterinburg'),
('asia/yerevan', 'Asia/Yerevan'),
('atlantic standard time', 'America/Halifax'),
('atlantic time', 'America/Halifax'),
('atlantic/azores', 'Atlantic/Azores'),
('atlantic/bermuda', 'Atlantic/Bermuda'),
('atlantic/canary', 'Atlantic/Canary'),
('atlantic/cape_verde', 'Atlantic/Cape_Verde'),
('atlantic/faeroe', 'Atlantic/Faroe'),
('atlantic/faroe', 'Atlantic/Faroe'),
('atlantic/jan_mayen', 'Europe/Berlin'),
('atlantic/madeira', 'Atlantic/Madeira'),
('atlantic/reykjavik', 'Atlantic/Reykjavik'),
('atlantic/south_georgia', 'Atlantic/South_Georgia'),
('atlantic/st_helena', 'Atlantic/St_Helena'),
('atlantic/stanley', 'Atlantic/Stanley'),
('australia/act', 'Australia/Sydney'),
('australia/adelaide', 'Australia/Adelaide'),
('australia/brisbane', 'Australia/Brisbane'),
('australia/broken_hill', 'Australia/Broken_Hill'),
('australia/canberra', 'Australia/Sydney'),
('australia/currie', 'Australia/Hobart'),
('australia/darwin', 'Australia/Darwin'),
('australia/eucla', 'Australia/Eucla'),
('australia/hobart', 'Australia/Hobart'),
('australia/lhi', 'Australia/Lord_Howe'),
('australia/lindeman', 'Australia/Lindeman'),
('australia/lord_howe', 'Australia/Lord_Howe'),
('australia/melbourne', 'Australia/Melbourne'),
('australia/north', 'Australia/Darwin'),
('australia/nsw', 'Australia/Sydney'),
('australia/perth', 'Australia/Perth'),
('australia/queensland', 'Australia/Brisbane'),
('australia/south', 'Australia/Adelaide'),
('australia/sydney', 'Australia/Sydney'),
('australia/tasmania', 'Australia/Hobart'),
('australia/victoria', 'Australia/Melbourne'),
('australia/west', 'Australia/Perth'),
('australia/yancowinna', 'Australia/Broken_Hill'),
('brazil/acre', 'America/Rio_Branco'),
('brazil/denoronha', 'America/Noronha'),
('brazil/east', 'America/Sao_Paulo'),
('brazil/west', 'America/Manaus'),
('canada/atlantic', 'America/Halifax'),
('canada/central', 'America/Winnipeg'),
('canada/eastern', 'America/Toronto'),
('canada/mountain', 'America/Edmonton'),
('canada/newfoundland', 'America/St_Johns'),
('canada/pacific', 'America/Vancouver'),
('canada/saskatchewan', 'America/Regina'),
('canada/yukon', 'America/Whitehorse'),
('cdt', 'America/Chicago'),
('central', 'America/Chicago'),
('central standard time', 'America/Chicago'),
('central time', 'America/Chicago'),
('chile/continental', 'America/Santiago'),
('chile/easterisland', 'Pacific/Easter'),
('cst', 'America/Chicago'),
('cst6cdt', 'America/Chicago'),
('ct', 'America/Chicago'),
('eastern', 'America/New_York'),
('eastern standard time', 'America/New_York'),
('eastern time', 'America/New_York'),
('edt', 'America/New_York'),
('est', 'America/New_York'),
('est5edt', 'America/New_York'),
('et', 'America/New_York'),
('europe/amsterdam', 'Europe/Amsterdam'),
('europe/andorra', 'Europe/Andorra'),
('europe/astrakhan', 'Europe/Astrakhan'),
('europe/athens', 'Europe/Athens'),
('europe/belfast', 'Europe/London'),
('europe/belgrade', 'Europe/Belgrade'),
('europe/berlin', 'Europe/Berlin'),
('europe/bratislava', 'Europe/Bratislava'),
('europe/brussels', 'Europe/Brussels'),
('europe/bucharest', 'Europe/Bucharest'),
('europe/budapest', 'Europe/Budapest'),
('europe/busingen', 'Europe/Busingen'),
('europe/chisinau', 'Europe/Chisinau'),
('europe/copenhagen', 'Europe/Copenhagen'),
('europe/dublin', 'Europe/Dublin'),
('europe/gibraltar', 'Europe/Gibraltar'),
('europe/guernsey', 'Europe/Guernsey'),
('europe/helsinki', 'Europe/Helsinki'),
('europe/isle_of_man', 'Europe/Isle_of_Man'),
('europe/istanbul', 'Europe/Istanbul'),
('europe/jersey', 'Europe/Jersey'),
('europe/kaliningrad', 'Europe/Kaliningrad'),
('europe/kiev', 'Europe/Kyiv'),
('europe/kirov', 'Europe/Kirov'),
('europe/kyiv', 'Europe/Kyiv'),
('europe/lisbon', 'Europe/Lisbon'),
('europe/ljubljana', 'Europe/Ljubljana'),
('europe/london', 'Europe/London'),
('europe/luxembourg', 'Europe/Luxembourg'),
('europe/madrid', 'Europe/Madrid'),
('europe/malta', 'Europe/Malta'),
('europe/mariehamn', 'Europe/Mariehamn'),
('europe/minsk', 'Europe/Minsk'),
('europe/monaco', 'Europe/Monaco'),
('europe/moscow', 'Europe/Moscow'),
('europe/nicosia', 'Asia/Nicosia'),
('europe/oslo', 'Europe/Oslo'),
('europe/paris', 'Europe/Paris'),
('europe/podgorica', 'Europe/Podgorica'),
('europe/prague', 'Europe/Prague'),
('europe/riga', 'Europe/Riga'),
('europe/rome', 'Europe/Rome'),
('europe/samara', 'Europe/Samara'),
('europe/san_marino', 'Europe/San_Marino'),
('europe/sarajevo', 'Europe/Sarajevo'),
('europe/saratov', 'Europe/Saratov'),
('europe/simferopol', 'Europe/Simferopol'),
('europe/skopje', 'Europe/Skopje'),
('europe/sofia', 'Europe/Sofia'),
('europe/stockholm', 'Europe/Stockholm'),
('europe/tallinn', 'Europe/Tallinn'),
('europe/tirane', 'Europe/Tirane'),
('europe/tiraspol', 'Europe/Chisinau'),
('europe/ulyanovsk', 'Europe/Ulyanovsk'),
('europe/uzhgorod', 'Europe/Kyiv'),
('europe/vaduz', 'Europe/Vaduz'),
('europe/vatican', 'Europe/Vatican'),
('europe/vienna', 'Europe/Vienna'),
('europe/vilnius', 'Europe/Vilnius'),
('europe/volgograd', 'Europe/Volgograd'),
('europe/warsaw', 'Europe/Warsaw'),
('europe/zagreb', 'Europe/Zagreb'),
('europe/zaporozhye', 'Europe/Kyiv'),
('europe/zurich', 'Europe/Zurich'),
('hawaii', 'Pacific/Honolulu'),
('hawaii time', 'Pacific/Honolulu'),
('hawaiian standard time', 'Pacific/Honolulu'),
('hst', 'Pacific/Honolulu'),
('indian/antananarivo', 'Indian/Antananarivo'),
('indian/chagos', 'Indian/Chagos'),
('indian/christmas', 'Indian/Christmas'),
('indian/cocos', 'Indian/Cocos'),
('indian/comoro', 'Indian/Comoro'),
('indian/kerguelen', 'Indian/Kerguelen'),
('indian/mahe', 'Indian/Mahe'),
('indian/maldives', 'Indian/Maldives'),
('indian/mauritius', 'Indian/Mauritius'),
('indian/mayotte', 'Indian/Mayotte'),
('indian/reunion', 'Indian/Reunion'),
('mdt', 'America/Denver'),
('mexico/bajanorte', 'America/Tijuana'),
('mexico/bajasur', 'America/Mazatlan'),
('mexico/general', 'America/Mexico_City'),
('mountain', 'America/Denver'),
('mountain standard time', 'America/Denver'),
('mountain time', 'America/Denver'),
('mst7mdt', 'America/Denver'),
('newfoundland standard time', 'America/St_Johns'),
('newfoundland time', 'America/St_Johns'),
('pacific', 'America/Los_Angeles'),
('pacific standard time', 'America/Los_Angeles'),
('pacific time', 'America/Los_Angeles'),
('pacific/apia', 'Pacific/Apia'),
('pacific/auckland', 'Pacific/Auckland'),
('pacific/bougainville', 'Pacific/Bougainville'),
('pacific/chatham', 'Pacific/Chatham'),
('pacific/chuuk', 'Pacific/Chuuk'),
('pacific/easter', 'Pacific/Easter'),
('pacific/efate', 'Pacific/Efate'),
('pacific/enderbury', 'Pacific/Kanton'),
('pacific/fakaofo', 'Pacific/Fakaofo'),
('pacific/fiji', 'Pacific/Fiji'),
('pacific/funafuti', 'Pacific/Funafuti'),
('pacific/galapagos', 'Pacific/Galapagos'),
('pacific/gambier', 'Pacific/Gambier'),
('pacific/guadalcanal', 'Pacific/Guadalcanal'),
('pacific/guam', 'Pacific/Guam'),
('pacific/honolulu', 'Pacific/Honolulu'),
('pacific/johnston', 'Pacific/Honolulu'),
('pacific/kanton', 'Pacific/Kanton'),
('pacific/kiritimati', 'Pacific/Kiritimati'),
('pacific/kosrae', 'Pacific/Kosrae'),
('pacific/kwajalein', 'Pacific/Kwajalein'),
('pacific/majuro', 'Pacific/Majuro'),
('pacific/marquesas', 'Pacific/Marquesas'),
('pacific/midway', 'Pacific/Midway'),
('pacific/nauru', 'Pacific/Nauru'),
('pacific/niue', 'Pacific/Niue'),
('pacific/norfolk', 'Pacific/Norfolk'),
('pacific/noumea', 'Pacific/Noumea'),
('pacific/pago_pago', 'Pacific/Pago_Pago'),
('pacific/palau', 'Pacific/Palau'),
('pacific/pitcairn', 'Pacific/Pitcairn'),
('pacific/pohnpei', 'Pacific/Pohnpei'),
('pacific/ponape', 'Pacific/Guadalcanal'),
('pacific/port_moresby', 'Pacific/Port_Moresby'),
('pacific/rarotonga', 'Pacific/Rarotonga'),
('pacific/saipan', 'Pacific/Saipan'),
('pacific/samoa', 'Pacific/Pago_Pago'),
('pacific/tahiti', 'Pacific/Tahiti'),
('pacific/tarawa', 'Pacific/Tarawa'),
('pacific/tongatapu', 'Pacific/Tongatapu'),
('pacific/truk', 'Pacific/Port_Moresby'),
('pacific/wake', 'Pacific/Wake'),
('pacific/wallis', 'Pacific/Wallis'),
('pacific/yap', 'Pacific/Port_Moresby'),
('pdt', 'America/Los_Angeles'),
('pst', 'America/Los_Angeles'),
('pst8pdt', 'America/Los_Angeles'),
('pt', 'America/Los_Angeles'),
('us mountain standard time', 'America/Phoenix'),
('us/alaska', 'America/Anchorage'),
('us/aleutian', 'America/Adak'),
('us/arizona', 'America/Phoenix'),
('us/central', 'America/Chicago'),
('us/east-indiana', 'America/Indiana/Indianapolis'),
('us/eastern', 'America/New_York'),
('us/hawaii', 'Pacific/Honolulu'),
('us/indiana-starke', 'America/Indiana/Knox'),
('us/michigan', 'America/Detroit'),
('us/mountain', 'America/Denver'),
('us/pacific', 'America/Los_Angeles'),
('us/samoa', 'Pacific/Pago_Pago')
on conflict (spelling) do update set
  timezone = excluded.timezone;

-- sql/60_reference/tool_names.sql
-- Generous with stops, strict with bookings: "check_schedule" books nothing.
insert into reference.tool_names (pattern, meaning) values
('opt_?out', 'opt_out'),
('unsubscribe', 'opt_out'),
('(do_?not|dont|stop)_?(call|contact|text|messag)', 'opt_out'),
('^stop$', 'opt_out'),
('remove_?(me|number|contact|customer|from)', 'opt_out'),
('^(book|schedule)(_?(an?_?)?(appointment|booking|visit|job|service|slot))?$', 'booking'),
('^(make|create|confirm)_?(an?_?)?(appointment|booking)$', 'booking')
on conflict (pattern) do update set meaning = excluded.meaning;

-- sql/60_reference/transitions.sql
-- Kept equal to the triggers by a test that tries every pair.
insert into reference.transitions (entity, from_status, to_status) values
('audience_list', 'ACTIVE', 'ARCHIVED'),
('audience_list', 'ARCHIVED', 'ACTIVE'),
('audience_run', 'QUEUED', 'RUNNING'),
('audience_run', 'QUEUED', 'FAILED'),
('audience_run', 'RUNNING', 'SUCCEEDED'),
('audience_run', 'RUNNING', 'PARTIAL'),
('audience_run', 'RUNNING', 'FAILED'),
('campaign', 'CREATED', 'SCHEDULED'),
('campaign', 'CREATED', 'ACTIVE'),
('campaign', 'CREATED', 'CANCELLED'),
('campaign', 'SCHEDULED', 'CREATED'),
('campaign', 'SCHEDULED', 'ACTIVE'),
('campaign', 'SCHEDULED', 'CANCELLED'),
('campaign', 'ACTIVE', 'PAUSED'),
('campaign', 'ACTIVE', 'COMPLETED'),
('campaign', 'ACTIVE', 'CANCELLED'),
('campaign', 'PAUSED', 'ACTIVE'),
('campaign', 'PAUSED', 'CANCELLED'),
('enrollment', 'ACTIVE', 'COMPLETED'),
('enrollment', 'ACTIVE', 'BOOKED'),
('enrollment', 'ACTIVE', 'OPTED_OUT'),
('enrollment', 'ACTIVE', 'SUPPRESSED'),
('enrollment', 'ACTIVE', 'FAILED'),
('enrollment', 'ACTIVE', 'CANCELLED'),
('job', 'READY', 'CLAIMED'),
('job', 'READY', 'DISPATCHED'),
('job', 'READY', 'CANCELLED'),
('job', 'CLAIMED', 'READY'),
('job', 'CLAIMED', 'DISPATCHED'),
('job', 'CLAIMED', 'AMBIGUOUS'),
('job', 'CLAIMED', 'FAILED'),
('job', 'CLAIMED', 'CANCELLED'),
('job', 'DISPATCHED', 'DONE'),
('job', 'DISPATCHED', 'FAILED'),
('job', 'DISPATCHED', 'CANCELLED'),
('job', 'AMBIGUOUS', 'DISPATCHED'),
('job', 'AMBIGUOUS', 'READY'),
('job', 'AMBIGUOUS', 'FAILED'),
('job', 'AMBIGUOUS', 'CANCELLED')
on conflict do nothing;

-- sql/60_reference/validation_codes.sql
-- In messages %1$s is the node or edge that the issue is about; what follows is what the check found.
insert into reference.validation_codes (code, severity, about, message, meaning, cure) values
(
  'graph_invalid', 'error', 'graph',
  'The graph is %2$s.',
  'What was sent is not a graph.',
  'Send an object with the lists nodes and edges, as React Flow''s toObject() gives it.'
),
(
  'nodes_invalid', 'error', 'graph',
  'The graph''s nodes are %2$s.',
  'The key nodes is missing or is not a list.',
  'Send nodes as a list, even when it is empty.'
),
(
  'edges_invalid', 'error', 'graph',
  'The graph''s edges are %2$s.',
  'The key edges is missing or is not a list.',
  'Send edges as a list, even when it is empty.'
),
(
  'trigger_missing', 'error', 'graph',
  'The workflow has no trigger.',
  'No node has the type trigger, so nothing would ever start.',
  'Add one node of type trigger and lead an edge from it to the first call or text.'
),
(
  'trigger_duplicate', 'error', 'node',
  '%1$s is a second trigger; %2$s is the first.',
  'A workflow starts in one place.',
  'Delete this trigger and lead its edges from the first one.'
),
(
  'trigger_has_incoming_edge', 'error', 'edge',
  '%1$s leads into the trigger.',
  'A trigger is where contacts come in from the list: nothing in the workflow can lead to it.',
  'Delete the edge, or lead it to a call or a text.'
),
(
  'trigger_has_no_outgoing_edge', 'error', 'node',
  '%1$s is a trigger that leads nowhere.',
  'Contacts would be enrolled and never reached.',
  'Lead an edge from the trigger to the first call or text.'
),
(
  'trigger_filter_unsupported', 'error', 'node',
  '%1$s has an entry filter, which is not supported yet.',
  'Whom a campaign enrolls is decided by its list and its exclusions.',
  'Remove the filter, or leave it empty.'
),
(
  'node_invalid', 'error', 'node',
  '%1$s is %2$s.',
  'An element of nodes is not an object.',
  'Send each node as {id, type, position, data}.'
),
(
  'node_id_invalid', 'error', 'node',
  '%1$s has %2$s as its id.',
  'Ids tell nodes apart and stay the same from save to save.',
  'Give it a text of 1 to 200 characters as its id.'
),
(
  'node_id_duplicate', 'error', 'node',
  '%1$s has the same id as the node at position %2$s.',
  'Two nodes have one id, so edges to it are ambiguous.',
  'Give each node an id of its own.'
),
(
  'node_type_unknown', 'error', 'node',
  '%1$s has %2$s as its type.',
  'There are three kinds of nodes.',
  'Use trigger, call or text.'
),
(
  'node_position_invalid', 'error', 'node',
  '%1$s has %2$s as its position.',
  'The position is where the editor draws the node.',
  'Send {x, y} as numbers between -1000000000 and 1000000000, or leave the position out.'
),
(
  'node_data_invalid', 'error', 'node',
  '%1$s has %2$s as its data.',
  'The settings of a node are an object.',
  'Send data as an object.'
),
(
  'node_label_invalid', 'error', 'node',
  '%1$s has %2$s as its label.',
  'A label is a short text.',
  'Use a text of at most 200 characters.'
),
(
  'node_unreachable', 'error', 'node',
  '%1$s can''t be reached from the trigger.',
  'No way leads from the trigger to this node, so nobody would ever get there.',
  'Lead an edge to it, or delete it.'
),
(
  'graph_cycle', 'error', 'node',
  '%1$s is in a cycle: %2$s.',
  'Each of these nodes leads back to itself, so a contact could be called for ever. The issue''s node_ids lists them all.',
  'Delete one of the edges between them; to try again, use the node''s retry.'
),
(
  'edge_invalid', 'error', 'edge',
  '%1$s is %2$s.',
  'An element of edges is not an object.',
  'Send each edge as {id, source, target, data}.'
),
(
  'edge_id_invalid', 'error', 'edge',
  '%1$s has %2$s as its id.',
  'Ids tell edges apart and stay the same from save to save.',
  'Give it a text of 1 to 200 characters as its id.'
),
(
  'edge_id_duplicate', 'error', 'edge',
  '%1$s has the same id as the edge at position %2$s.',
  'Two edges have one id.',
  'Give each edge an id of its own.'
),
(
  'edge_source_unknown', 'error', 'edge',
  '%1$s comes from %2$s, which is no node of this graph.',
  'An edge must begin at a node that is there.',
  'Lead it from a node of the graph, or delete it.'
),
(
  'edge_target_unknown', 'error', 'edge',
  '%1$s leads to %2$s, which is no node of this graph.',
  'An edge must end at a node that is there.',
  'Lead it to a node of the graph, or delete it.'
),
(
  'edge_self_loop', 'error', 'edge',
  '%1$s leads from a node to itself.',
  'A node can''t follow itself.',
  'Delete the edge; to try again, use the node''s retry.'
),
(
  'edge_duplicate', 'error', 'edge',
  '%1$s does the same as %2$s: same ends, same rule.',
  'Two edges between the same nodes have the same rule.',
  'Delete one of them; phrases of both can stand in one edge.'
),
(
  'edge_data_invalid', 'error', 'edge',
  '%1$s has %2$s as its data.',
  'The settings of an edge are an object.',
  'Send data as an object.'
),
(
  'edge_label_invalid', 'error', 'edge',
  '%1$s has %2$s as its label.',
  'A label is a short text.',
  'Use a text of at most 200 characters.'
),
(
  'edge_handle_invalid', 'error', 'edge',
  '%1$s has %2$s as its sourceHandle.',
  'The handle is React Flow''s name of the place where the edge begins.',
  'Use a text of at most 200 characters, or leave it out.'
),
(
  'edge_rule_missing', 'error', 'edge',
  '%1$s does not say when it is taken; here that can be %3$s.',
  'An edge out of a call or a text needs the rule data.when.',
  'Set data.when to one of these.'
),
(
  'edge_rule_unknown', 'error', 'edge',
  '%1$s has %2$s as its rule; here that can be %3$s.',
  'There is no such rule.',
  'Set data.when to one of these.'
),
(
  'edge_rule_unfit', 'error', 'edge',
  '%1$s has the rule %2$s, which does not fit where it comes from; here that can be %3$s.',
  'Calls, texts and triggers end in different ways, so their edges have different rules.',
  'Set data.when to one of these.'
),
(
  'edge_phrases_missing', 'error', 'edge',
  '%1$s is taken when a reply matches, but has no phrases.',
  'The rule reply_matches needs the phrases to look for.',
  'Set data.phrases to a list of words or phrases, or use the rule replied.'
),
(
  'edge_phrases_invalid', 'error', 'edge',
  '%1$s has %2$s among its phrases.',
  'Phrases are looked for in the reply as whole words, whatever their case.',
  'Use 1 to 100 texts of at most 200 characters, each with a letter, a digit or an emoji.'
),
(
  'edge_phrases_ignored', 'warning', 'edge',
  '%1$s has phrases, but its rule does not look at them.',
  'Only the rule reply_matches looks at phrases. They are dropped on save.',
  'Use the rule reply_matches, or remove the phrases.'
),
(
  'edge_delay_invalid', 'error', 'edge',
  '%1$s has %2$s as its delay.',
  'A delay is an ISO 8601 duration such as PT15M or P2D.',
  'Use weeks, days, hours, minutes and seconds in whole numbers, at most P365D in all; leave it out for none.'
),
(
  'edge_priority_invalid', 'error', 'edge',
  '%1$s has %2$s as its priority.',
  'The edge with the lowest number is tried first.',
  'Use a whole number from 0 to 10000.'
),
(
  'edge_priority_conflict', 'error', 'edge',
  '%1$s and %2$s can both match and have the same priority.',
  'Of two edges that can both match, the priority decides which is taken.',
  'Give them different priorities: the lowest number is tried first.'
),
(
  'edge_never_taken', 'warning', 'edge',
  '%1$s is never taken: edges that are tried before it match all that it matches.',
  'Everything that this edge matches is matched by edges with a lower number.',
  'Give it a lower priority number, change its rule, or delete it.'
),
(
  'fallback_missing', 'warning', 'node',
  '%1$s has no edge for: %2$s.',
  'The node has edges, but contacts with these outcomes end here.',
  'Add an edge on any with the highest priority number, if they should go on.'
),
(
  'dead_end', 'warning', 'node',
  '%1$s has no way on that ends with a booking or a text.',
  'Every path from here ends without an edge on a booking and without a text, so who is not reached hears nothing more.',
  'Add a text as the last try, if that is not what you want.'
),
(
  'assistant_missing', 'error', 'node',
  '%1$s has no assistant.',
  'A call is made by an assistant.',
  'Choose an assistant: set data.assistant_id.'
),
(
  'assistant_invalid', 'error', 'node',
  '%1$s has %2$s as its assistant.',
  'An assistant is named by its id, a UUID.',
  'Choose one of the team''s assistants.'
),
(
  'assistant_unknown', 'error', 'node',
  '%1$s names the assistant %2$s, which is not one of the team''s.',
  'The team has no assistant with this id.',
  'Choose one of the team''s assistants, or add it first.'
),
(
  'assistant_inactive', 'error', 'node',
  '%1$s names the assistant %2$s, which is not active.',
  'An assistant that is switched off can''t be used.',
  'Choose another one, or switch it on again.'
),
(
  'assistant_channel', 'error', 'node',
  '%1$s names the assistant %2$s, which is made for the other channel.',
  'A call needs an assistant for calls, a text one for texts.',
  'Choose an assistant for this channel.'
),
(
  'first_message_invalid', 'error', 'node',
  '%1$s has %2$s as its first message.',
  'The first message is what the assistant opens the call with.',
  'Use a text of at most 1000 characters, or leave it out for the assistant''s own.'
),
(
  'text_content_missing', 'error', 'node',
  '%1$s has nothing to say.',
  'A text needs a template or an assistant that writes it.',
  'Write a template, or choose an assistant for texts.'
),
(
  'text_content_ambiguous', 'error', 'node',
  '%1$s has both a template and an assistant.',
  'A text is written by a template or by an assistant, not by both.',
  'Remove one of them.'
),
(
  'template_invalid', 'error', 'node',
  '%1$s has %2$s as its template.',
  'A template is the body of the message.',
  'Use a text of at most 1600 characters.'
),
(
  'template_malformed', 'error', 'node',
  '%1$s has a template with %2$s, which is no variable.',
  'What stands in double braces must be a variable.',
  'Write {{name}} or {{name|text when it is missing}}; a name has letters, digits and underscores.'
),
(
  'template_variable_unknown', 'error', 'node',
  '%1$s has a template with the variable %2$s; known are %3$s.',
  'Unknown variables would leave a gap in the message.',
  'Use one of these; a text can add its own in template_overrides.'
),
(
  'template_overrides_invalid', 'error', 'node',
  '%1$s has %2$s in its template overrides.',
  'Overrides give variables a value of this node''s own.',
  'Send {name: value}; names have letters, digits and underscores, values are texts of at most 1600 characters.'
),
(
  'business_hours_invalid', 'error', 'node',
  '%1$s has %2$s in its business hours.',
  'Business hours are {timezone, windows: {monday: [{start, end}], …}}.',
  'Use the weekdays monday to sunday in lower case, each with a list of windows.'
),
(
  'business_hours_timezone_unknown', 'error', 'node',
  '%1$s has %2$s as the time zone of its business hours.',
  'Hours are counted in the contact''s zone, the team''s, or one that is named.',
  'Use contact, team, or an IANA name such as America/Denver.'
),
(
  'business_hours_window_invalid', 'error', 'node',
  '%1$s has %2$s as a window of its business hours.',
  'A window runs from start to end within one day.',
  'Use {start, end} as HH:MM, start before end, 24:00 for midnight; past midnight takes two windows.'
),
(
  'business_hours_overlap', 'error', 'node',
  '%1$s has windows that overlap on %2$s.',
  'Two windows of a weekday overlap.',
  'Join them into one.'
),
(
  'business_hours_never_open', 'error', 'node',
  '%1$s has business hours without a single window.',
  'Nobody would ever be reached.',
  'Add a window, or remove the business hours.'
),
(
  'business_hours_outside_legal', 'warning', 'node',
  '%1$s has business hours that never overlap the legal ones, %2$s.',
  'Contact is allowed only in the legal hours where the person is, so nobody would ever be reached.',
  'Move the windows into the legal hours.'
),
(
  'batching_invalid', 'error', 'node',
  '%1$s has %2$s in its batching.',
  'Batching spreads contacts: at most size of them in each interval.',
  'Send {size, interval}: a whole number from 1 to 100000 and a duration from PT1S to P7D.'
),
(
  'retry_invalid', 'error', 'node',
  '%1$s has %2$s in its retry; it can follow %3$s.',
  'A retry repeats the node after outcomes that may be better the next time.',
  'Send {outcomes, max_retries, delay}: some of these outcomes; 1 to 10; a duration from PT1S to P30D.'
),
(
  'reply_window_missing', 'error', 'node',
  '%1$s waits for a reply, but has no reply window.',
  'Edges on replied, no_reply, reply_matches, booked or opted_in make a text wait.',
  'Say how long: set data.reply_window, such as PT4H.'
),
(
  'reply_window_invalid', 'error', 'node',
  '%1$s has %2$s as its reply window.',
  'The reply window is how long a text waits for its answer.',
  'Use a duration from PT1S to P30D.'
)
on conflict (code) do update
  set
    severity = excluded.severity,
    about = excluded.about,
    message = excluded.message,
    meaning = excluded.meaning,
    cure = excluded.cure;

-- sql/60_reference/validation_examples.sql
-- For each code of validation a smallest graph that has the problem, and the same graph with the cure
-- applied, which has no issue at all; beside lists what can't but come with it. The capitals stand for
-- ids of the team's own assistants. The reference in docs/workflows.md shows what differs between the two.
insert into reference.validation_examples (code, beside, example, cured) values
(
  'graph_invalid', '{}',
  '[]',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'nodes_invalid', '{}',
  '{"nodes": {"start": {"type": "trigger"}}, "edges": []}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'edges_invalid', '{trigger_has_no_outgoing_edge}',
  '{"nodes": [{"id": "start", "type": "trigger"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'trigger_missing', '{}',
  '{"nodes": [], "edges": []}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'trigger_duplicate', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "again", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "again", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'trigger_has_incoming_edge', '{graph_cycle}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "start", "data": {"when": "any"}}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'trigger_has_no_outgoing_edge', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}], "edges": []}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'trigger_filter_unsupported', '{}',
  '{"nodes": [{"id": "start", "type": "trigger", "data": {"filter": {"tag": "vip"}}}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'node_invalid', '{node_unreachable}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}, "Bye"],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'node_id_invalid', '{node_unreachable}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": 7, "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'node_id_duplicate', '{node_unreachable}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "text", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'node_type_unknown', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "sms", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'node_position_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}, "position": {"x": "left", "y": 0}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}, "position": {"x": 320, "y": 0}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'node_data_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger", "data": "Start"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger", "data": {"label": "Start"}}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'node_label_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger", "data": {"label": 1}}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger", "data": {"label": "Step 1"}}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'node_unreachable', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'graph_cycle', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}},
    {"id": "e3", "source": "bye", "target": "text", "data": {"when": "any"}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'edge_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, "text to bye"]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'edge_id_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'edge_id_duplicate', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e1", "source": "text", "target": "bye", "data": {"when": "any"}}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'edge_source_unknown', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "ghost", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'edge_target_unknown', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "ghost", "data": {"when": "any"}}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'edge_self_loop', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'edge_duplicate', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "reply_matches", "phrases": ["yes"], "priority": 1}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "reply_matches", "phrases": ["ok"], "priority": 2}},
    {"id": "e4", "source": "text", "target": "bye", "data": {"when": "any", "priority": 3}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "reply_matches", "phrases": ["yes", "ok"], "priority": 1}},
    {"id": "e4", "source": "text", "target": "bye", "data": {"when": "any", "priority": 3}}
  ]}'
),
(
  'edge_data_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text", "data": "PT15M"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [
    {"id": "e1", "source": "start", "target": "text", "data": {"delay": "PT15M"}}
  ]}'
),
(
  'edge_label_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text", "data": {"label": 1}}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [
    {"id": "e1", "source": "start", "target": "text", "data": {"label": "Step 1"}}
  ]}'
),
(
  'edge_handle_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text", "sourceHandle": 1}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text", "sourceHandle": "1"}]}'
),
(
  'edge_rule_missing', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'edge_rule_unknown', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "always"}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'edge_rule_unfit', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "voicemail"}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'edge_phrases_missing', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "reply_matches"}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "reply_matches", "phrases": ["yes"]}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}'
),
(
  'edge_phrases_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "reply_matches", "phrases": ["?!"]}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "reply_matches", "phrases": ["yes"]}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}'
),
(
  'edge_phrases_ignored', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [
    {"id": "e1", "source": "start", "target": "text", "data": {"phrases": ["yes"]}}
  ]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'edge_delay_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [
    {"id": "e1", "source": "start", "target": "text", "data": {"delay": "P1M"}}
  ]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [
    {"id": "e1", "source": "start", "target": "text", "data": {"delay": "P30D"}}
  ]}'
),
(
  'edge_priority_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [
    {"id": "e1", "source": "start", "target": "text", "data": {"priority": "first"}}
  ]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text", "data": {"priority": 1}}]}'
),
(
  'edge_priority_conflict', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "failed", "priority": 1}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 1}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "failed", "priority": 1}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}'
),
(
  'edge_never_taken', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any", "priority": 1}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "failed", "priority": 2}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "failed", "priority": 1}}
  ]}'
),
(
  'fallback_missing', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "failed", "priority": 1}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "failed", "priority": 1}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}'
),
(
  'dead_end', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}'
),
(
  'assistant_missing', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "call", "type": "call", "data": {}}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}'
),
(
  'assistant_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "Ava"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}'
),
(
  'assistant_unknown', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "00000000-0000-4000-8000-000000000000"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}'
),
(
  'assistant_inactive', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "INACTIVE_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}'
),
(
  'assistant_channel', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "TEXT_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}'
),
(
  'first_message_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID", "first_message": ["Hi"]}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID", "first_message": "Hi"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}'
),
(
  'text_content_missing', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {}}], "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'text_content_ambiguous', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "assistant_id": "TEXT_ASSISTANT_ID"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'template_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": ["Hello"]}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'template_malformed', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hi {{first name}}"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hi {{first_name}}"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'template_variable_unknown', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Your {{unit}} is due"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Your {{unit}} is due", "template_overrides": {"unit": "furnace"}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'template_overrides_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Unit {{unit}} is due", "template_overrides": {"unit": 5}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Unit {{unit}} is due", "template_overrides": {"unit": "5"}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'business_hours_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"Mon": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'business_hours_timezone_unknown', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {
      "template": "Hello", "business_hours": {"timezone": "PST", "windows": {"monday": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {
      "template": "Hello", "business_hours": {"timezone": "America/Los_Angeles", "windows": {"monday": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'business_hours_window_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": [{"start": "17:00", "end": "09:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'business_hours_overlap', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {
      "template": "Hello", "business_hours": {"windows": {"monday": [{"start": "09:00", "end": "13:00"}, {"start": "12:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'business_hours_never_open', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": []}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'business_hours_outside_legal', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": [{"start": "21:00", "end": "24:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'batching_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "batching": {"size": 0, "interval": "PT5M"}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "batching": {"size": 50, "interval": "PT5M"}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'retry_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "retry": {"outcomes": ["no_reply"], "max_retries": 1, "delay": "PT1H"}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "retry": {"outcomes": ["failed"], "max_retries": 1, "delay": "PT1H"}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'reply_window_missing', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "no_reply", "priority": 1}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "no_reply", "priority": 1}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}'
),
(
  'reply_window_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "4 hours"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
)
on conflict (code) do update
  set beside = excluded.beside, example = excluded.example, cured = excluded.cured;

-- sql/60_reference/workflow_transitions.sql
-- The life of a workflow, beside the other state machines.
insert into reference.transitions (entity, from_status, to_status) values
('workflow', 'DRAFT', 'PUBLISHED'),
('workflow', 'DRAFT', 'ARCHIVED'),
('workflow', 'PUBLISHED', 'ARCHIVED')
on conflict do nothing;

-- sql/70_cron/tick.sql
-- Once a minute, where pg_cron is there; elsewhere the workers call the same function. A hosted project
-- has pg_cron on offer and lets postgres create it.
do $$
begin
  if exists (select from pg_catalog.pg_available_extensions where name = 'pg_cron' and installed_version is null)
    and current_setting('cron.database_name', true) = current_database()
  then
    begin
      create extension pg_cron;
    exception when insufficient_privilege or feature_not_supported then
      raise notice 'pg_cron cannot be created here; the workers will call engine.tick()';
    end;
  end if;
  if exists (select from pg_catalog.pg_extension where extname = 'pg_cron') then
    perform cron.schedule('outbound-tick', '* * * * *', 'select engine.tick()');
  end if;
end
$$;
