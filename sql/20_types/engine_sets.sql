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
