-- Rows that one step of a batch has read and hands on, so that the next does not look them up again.
create type engine.beginning_job as (
  id uuid,
  team_id uuid,
  campaign_id uuid,
  contact_id uuid,
  phone text
);
comment on type engine.beginning_job is 'A job that is about to begin, with what of it never changes and must be locked before.';

create type engine.ended_job as (
  team_id uuid,
  job_id uuid,
  outcome public.job_outcome,
  reason_code text,
  reply_text text,
  channel public.contact_channel,
  campaign_id uuid,
  enrollment_id uuid,
  contact_id uuid,
  phone text,
  workflow_id uuid,
  node_id text,
  visit integer,
  priority smallint
);
comment on type engine.ended_job is 'A job that has just ended, with what of it decides where its enrollment goes.';

create type engine.told_event as (
  provider public.provider,
  event_key text,
  team_id uuid,
  attempt_id uuid,
  job_id uuid,
  attempt_status public.attempt_status,
  provider_id text,
  type text,
  payload jsonb
);
comment on type engine.told_event is 'A stored event with the attempt that it is about, as that was when the event was stored.';
