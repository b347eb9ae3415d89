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
  created_at timestamptz not null default engine.now(),
  finished_at timestamptz,
  delivered_at timestamptz,
  constraint jobs_pk primary key (team_id, id),
  -- What makes two pieces of a campaign's work the same, as it is: a hash of it would say no more, and the
  -- random order of hashes is what makes an index of millions slow to fill.
  constraint jobs_are_not_duplicates unique (team_id, enrollment_id, node_id, visit),
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
create index jobs_by_node on engine.jobs (team_id, workflow_id, node_id);
create index jobs_by_id on engine.jobs (id);
create index jobs_to_claim on engine.jobs (campaign_id, channel, priority, run_at) where status = 'READY';
create index jobs_leased on engine.jobs (lease_expires_at) where status = 'CLAIMED';
create index jobs_to_check on engine.jobs (check_at) where status in ('DISPATCHED', 'AMBIGUOUS');
create index jobs_awaiting_reply on engine.jobs (reply_deadline) where status = 'DISPATCHED' and reply_deadline is not null;
create index jobs_in_flight on engine.jobs (team_id, integration_id)
where status in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS');
create index jobs_by_phone on engine.jobs (team_id, phone);
comment on table engine.jobs is 'Units of provider work: a call or a text to one contact at one node.';
comment on column engine.jobs.run_at is 'Not before this moment; whole seconds, so that counters can be kept by due time.';
comment on column engine.jobs.due_at is
'When it was to run: moved by closed hours, not by back-off or a pause. max_lateness is measured from here.';
comment on column engine.jobs.check_at is 'When the provider is asked what became of it, if no event said so before.';
comment on column engine.jobs.reply_deadline is 'End of the reply window of a text that waits for one.';
comment on column engine.jobs.dispatched_at is 'When the provider took the request.';
comment on column engine.jobs.delivered_at is 'When a text was known to have arrived; a reply says so too.';
