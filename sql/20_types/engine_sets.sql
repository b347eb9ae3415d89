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

create type engine.asked_contact as (
  team_id uuid,
  job_id uuid,
  phone text,
  channel public.contact_channel,
  timezones text [],
  regions text []
);
comment on type engine.asked_contact is 'Whom a job would reach, as far as limits on contacts go.';

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
  enrollment_status public.enrollment_status,
  due_at timestamptz
);
comment on type engine.verdict is
'The gate''s answer for one job: pass, hold (as it is), defer (to run_at, counted as due at due_at) or close (with '
'enrollment_status).';

create type engine.calendar as (
  calendar_no integer,
  demand_no integer,
  team_id uuid,
  campaign_id uuid,
  workflow_id uuid,
  node_id text,
  timezones text [],
  regions text [],
  not_before timestamptz,
  channel public.contact_channel,
  integration_id uuid,
  batch_size integer,
  batch_interval interval,
  open_hours tstzmultirange,
  opens_at timestamptz,
  closes_at timestamptz,
  ordinals bigint []
);
comment on type engine.calendar is
'When people of the same zones and regions may be reached at a node, from a moment on, and which of a set of jobs are theirs.';

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

create type engine.event_source as (
  provider public.provider,
  event_key text,
  attempt_id uuid,
  provider_id text,
  secret_name text
);
comment on type engine.event_source is 'What an event says of the attempt that it is about, and the secret that its sender knew.';

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

create type engine.ended_enrollment as (
  team_id uuid,
  enrollment_id uuid,
  enrolled_at timestamptz,
  ended_at timestamptz
);
comment on type engine.ended_enrollment is 'An enrollment that has ended; nothing in its history is older than enrolled_at.';
